import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';

/** A set-up that cannot continue; the message says what to do. */
export class SetupError extends Error {}

/** Prints what is being done and, afterwards, how long it took. */
export function step(what, work) {
  const started = Date.now();
  console.log(`setup: ${what} …`);
  work();
  console.log(`setup: ${what}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** Runs a command to its end. Returns its output; undefined if it cannot be run. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, ...options });
  if (result.error) return undefined;
  return { ok: result.status === 0, output: `${result.stdout ?? ''}${result.stderr ?? ''}` };
}

/** `variable`: the environment variable that names the program. */
export function checkExecutable(path, variable) {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new SetupError(`${variable}: ${path} does not exist, or you may not run it`);
  }
}

/** Some lines of a tool's output, indented: `slice(from, to)`, by default the last ones, which contain the reason. */
export function excerpt(output, from = -15, to = undefined) {
  const lines = output.trimEnd().split('\n').slice(from, to);
  return lines.map((line) => `  ${line}`).join('\n');
}

/** Whether a registry could not be reached, by the output of npm or pip. */
export function isNetworkFailure(output) {
  return /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|NewConnectionError|NameResolutionError|ConnectTimeoutError|Network is unreachable|Connection refused|\(from versions: none\)/i.test(
    output,
  );
}
