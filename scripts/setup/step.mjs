import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';

/** A set-up that cannot go on; the message says what to do. */
export class SetupError extends Error {}

/** Says what is being done and, afterwards, how long it took. */
export function step(what, work) {
  const started = Date.now();
  console.log(`setup: ${what} …`);
  work();
  console.log(`setup: ${what}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** Runs a command to its end. Gives its output when it succeeds, and undefined when it cannot be run. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, ...options });
  if (result.error) return undefined;
  return { ok: result.status === 0, output: `${result.stdout ?? ''}${result.stderr ?? ''}` };
}

/** `variable`: the one that names the program. */
export function checkExecutable(path, variable) {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new SetupError(`${variable}: ${path} is not there, or is no program that you may run`);
  }
}

/** Some lines of a tool's output, indented: `slice(from, to)` of them, by default the last, where the reason stands. */
export function excerpt(output, from = -15, to = undefined) {
  const lines = output.trimEnd().split('\n').slice(from, to);
  return lines.map((line) => `  ${line}`).join('\n');
}

/** A registry could not be reached, told from what npm or pip printed. */
export function isNetworkFailure(output) {
  return /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|NewConnectionError|NameResolutionError|ConnectTimeoutError|Network is unreachable|Connection refused|\(from versions: none\)/i.test(
    output,
  );
}
