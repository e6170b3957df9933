import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { restrictedCommand } from './restricted.ts';

export interface Start {
  /** From the start of the process to its line `ready`. */
  readonly ms: number;
  /** Modules whose compiled code came from the image; `compiled`: those whose code was missing or could not be used. */
  readonly taken: number;
  readonly compiled: number;
}

const ROUNDS = 5;

/** Starts the server on a read-only root, as a pod does, and stops it. */
async function startOnce(
  files: string,
  entry: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Start> {
  const flags = ['--config', '/app/starter/policies.yaml', '--admin', 'off', '--drain-grace', '0', '--warm-up', '0'];
  const [command, ...args] = restrictedCommand({ root: files, shared: [], env }, [...entry, ...flags]);
  const started = performance.now();
  const server = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let ms = 0;
  createInterface({ input: server.stdout }).on('line', (line) => {
    if (ms > 0 || !line.includes('"msg":"ready"')) return;
    ms = performance.now() - started;
    server.kill('SIGTERM');
  });
  const taken = new Set<string>();
  const read = new Set<string>();
  for await (const line of createInterface({ input: server.stderr })) {
    const [, module = ''] = /^\[compile cache\] reading cache from \S+ for (\S+ \S+?)\.\.\./.exec(line) ?? [];
    if (module !== '') read.add(module);
    const [, accepted = ''] = /^\[compile cache\] V8 code cache for (\S+ \S+) was accepted/.exec(line) ?? [];
    if (accepted !== '') taken.add(accepted);
  }
  if (ms === 0) throw new Error('the server did not become ready on a read-only root');
  return { ms, taken: taken.size, compiled: read.size - taken.size };
}

/** Checks that the compiled code of the image is used on a read-only root, and reports how much time it saves. */
export async function tryCompiledCode(
  files: string,
  entry: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { taken, compiled } = await startOnce(files, entry, { ...env, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' });
  // Modules that are loaded while the server of the build is already stopping may be missing.
  if (taken < 100 || compiled > taken / 100)
    throw new Error(`the compiled code of ${taken} modules was used, that of ${compiled} was not`);
  const median = async (more: Readonly<Record<string, string>>): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) times.push((await startOnce(files, entry, { ...env, ...more })).ms);
    return Math.round(times.sort((a, b) => a - b)[(ROUNDS - 1) / 2] ?? 0);
  };
  const [withIt, without] = [await median({}), await median({ NODE_DISABLE_COMPILE_CACHE: '1' })];
  return `compiled code of ${taken} modules taken, of ${compiled} not; ready in ${withIt} ms, without it in ${without} ms (medians of ${ROUNDS})`;
}
