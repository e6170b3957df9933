import { join } from 'node:path';
import type { BenchArguments } from './arguments.ts';
import { type BenchCase, benchCases } from './cases.ts';
import { type Measured, type Member, measureGroup, type Plan } from './measure/group.ts';
import { type BenchEnvironment, startBenchEnvironment } from './parts/environment.ts';
import type { GoPrograms } from './parts/go.ts';
import { prepareOwn } from './prepare.ts';
import { ownSubject } from './subjects/own.ts';
import { goSubject, nativeSubject, nodeSubject, plainSubject } from './subjects/peers.ts';
import type { Subject, SubjectContext } from './subjects/subject.ts';

/** One case with all subjects that support it. */
export interface CaseResult {
  readonly benchCase: BenchCase;
  readonly measured: readonly Measured[];
  /** The case sendToConsumer of the floor, whose rounds alternated with those of this case. */
  readonly reference: Measured;
}

export interface FullResult {
  readonly cases: readonly CaseResult[];
  readonly gracefulClose: boolean;
  readonly loadLanguage: 'Go' | 'Node';
  readonly mockLanguage: 'Go' | 'Node';
}

const root = join(import.meta.dirname, '..');

/** The plan of the first case, with which the others are compared. */
const firstPlan: Plan = {
  coldSeconds: 2,
  blocks: 2,
  rounds: 5,
  roundSeconds: 1.25,
  sliceSeconds: 0.25,
  warmRequests: 20_000,
  warmSeconds: 5,
  furtherRounds: 3,
};
const otherPlan: Plan = { ...firstPlan, blocks: 1, rounds: 10, roundSeconds: 0.75, warmSeconds: 3.5 };
const quickPlan: Plan = {
  ...firstPlan,
  blocks: 1,
  rounds: 3,
  roundSeconds: 0.75,
  warmRequests: 15_000,
  warmSeconds: 4,
  furtherRounds: 0,
};

/** The cases of `--quick`. */
const quickCases: ReadonlySet<string> = new Set(['send', 'enrich', 'pass-through']);
const quickSubjects: ReadonlySet<string> = new Set(['own', 'own-2', 'floor', 'go', 'native']);

export async function runFull(
  { quick, cases, gracefulClose }: BenchArguments,
  go: GoPrograms | undefined,
  progress: (text: string) => void,
): Promise<FullResult> {
  const environment = await startBenchEnvironment({
    go,
    gracefulClose,
    progress,
    subjects: (context) => allSubjects(go, context),
  });
  try {
    const own = environment.subjects.filter(({ name }) => name.startsWith('own'));
    await prepareOwn(own, progress);
    const results: CaseResult[] = [];
    for (const benchCase of cases ?? benchCases.filter(({ name }) => !quick || quickCases.has(name))) {
      results.push(await measureCase(benchCase, quick, environment));
    }
    return {
      cases: results,
      gracefulClose,
      loadLanguage: environment.load.language,
      mockLanguage: environment.mockLanguage,
    };
  } finally {
    await environment.stop();
  }
}

/** Exported for its test. */
export function allSubjects(go: GoPrograms | undefined, context: SubjectContext): readonly Subject[] {
  return [
    ownSubject({ name: 'own', title: 'this project', checkout: root, workers: 1 }, context),
    ownSubject({ name: 'own-2', title: 'this project, 2 workers', checkout: root, workers: 2 }, context),
    nodeSubject('floor', 'floor', 'the floor', context),
    nodeSubject('sdk', 'sdk', 'AWS SDK for JavaScript', context),
    ...(go === undefined ? [] : [goSubject(go.path('server'), 'Go, aws-sdk-go-v2', context)]),
    nativeSubject,
    plainSubject,
    nodeSubject('reference', 'floor', 'the floor, sendToConsumer', context),
  ];
}

/** The other cases are compared with the first case, which has all subjects and all numbers of connections. */
async function measureCase(benchCase: BenchCase, quick: boolean, environment: BenchEnvironment): Promise<CaseResult> {
  const [firstCase = benchCase] = benchCases;
  const isFirst = benchCase === firstCase;
  const plan = quick ? quickPlan : isFirst ? firstPlan : otherPlan;
  const members = environment.subjects.flatMap((subject): readonly Member[] => {
    const { name } = subject;
    if (name === 'reference') return isFirst ? [] : [{ subject, benchCase: firstCase, cold: false }];
    // Two workers differ from one only in how requests are distributed, which the first case already shows.
    if (!subject.can(benchCase) || (name === 'own-2' && !isFirst)) return [];
    if (quick && !(isFirst ? quickSubjects.has(name) : name === 'own')) return [];
    return [{ subject, benchCase, cold: isFirst || name === 'own' }];
  });
  const measured = await measureGroup(members, plan, environment);
  const reference = measured.find(({ member }) => member.subject.name === (isFirst ? 'floor' : 'reference'));
  if (reference === undefined) throw new Error(`${benchCase.name}: the floor was not measured`);
  return { benchCase, measured: measured.filter((one) => one.member.subject.name !== 'reference'), reference };
}
