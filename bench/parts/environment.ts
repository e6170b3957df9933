import { temporaryDirectory } from '../../scripts/support/temporary-directory.ts';
import { backendAnswer, benchCases, functionAnswer, tieredAnswer } from '../cases.ts';
import type { GroupContext } from '../measure/group.ts';
import { plainSubject } from '../subjects/peers.ts';
import type { Subject, SubjectContext } from '../subjects/subject.ts';
import { startBenchEnvoy } from './envoy.ts';
import type { GoPrograms } from './go.ts';
import { startLoadGenerator } from './load.ts';
import { startMock } from './mock.ts';

export interface EnvironmentOptions {
  readonly go: GoPrograms | undefined;
  readonly gracefulClose: boolean;
  subjects(context: SubjectContext): readonly Subject[];
  progress(text: string): void;
}

/** The parts that run during the whole benchmark: mock, Envoy, load generator. */
export interface BenchEnvironment extends GroupContext {
  readonly subjects: readonly Subject[];
  readonly mockLanguage: 'Go' | 'Node';
  stop(): Promise<void>;
}

export async function startBenchEnvironment(options: EnvironmentOptions): Promise<BenchEnvironment> {
  const { go, gracefulClose, progress } = options;
  const directory = temporaryDirectory('bench-');
  const mock = await startMock(go, {
    functions: Object.fromEntries([
      ['', functionAnswer],
      ...benchCases.flatMap(({ name, answer }) => (answer === undefined ? [] : [[name, answer] as const])),
    ]),
    backend: backendAnswer,
    tiered: tieredAnswer,
  });
  const load = startLoadGenerator(go);
  const subjects = options.subjects({ directory: directory.path, lambda: mock.lambda });
  const all = subjects.includes(plainSubject) ? subjects : [...subjects, plainSubject];
  const envoy = await startBenchEnvoy({ subjects: all, backend: mock.backend, lambda: mock.lambda, gracefulClose });
  // Warm up Envoy, mock and load generator, so that the figures of the first server do not include their start.
  await load.run({
    url: `${envoy.url}/${plainSubject.name}/`,
    method: 'GET',
    headers: {},
    body: '',
    expectBytes: backendAnswer.length,
    connections: 32,
    seconds: 2,
  });
  return {
    subjects,
    mockLanguage: mock.language,
    load,
    url: envoy.url,
    envoyPid: envoy.pid,
    progress,
    async stop() {
      load.stop();
      await envoy.stop();
      mock.stop();
      directory.remove();
    },
  };
}
