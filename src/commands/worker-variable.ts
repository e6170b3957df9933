/** Set by the supervisor in the environment of its workers; not a setting. */
export const WORKER_VARIABLE = 'LAMBDA_EXT_PROC_WORKER_NUMBER';

/** The number of this worker, or undefined in a process that an operator started. */
export function workerNumber(env: Readonly<Record<string, string | undefined>>): number | undefined {
  const text = env[WORKER_VARIABLE];
  // Without the channel to a supervisor the variable is somebody's mistake.
  return text === undefined || !/^\d+$/.test(text) || process.send === undefined ? undefined : Number(text);
}
