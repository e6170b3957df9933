import { InvocationError } from './invocation-error.ts';

/** When a call must end, and the signal that may end it earlier. Times by `performance.now()`. */
export interface Deadline {
  /** Infinity: never. */
  readonly callEnd: number;
  readonly signal: AbortSignal | undefined;
}

/** The caller left. */
export function abortedError(reason: unknown, attempts: number, mayHaveRun: boolean): InvocationError {
  return new InvocationError('aborted', { message: 'the caller went away', attempts, mayHaveRun, cause: reason });
}

/** What the log says of a whole call that took too long. */
export const CALL_TIMEOUT = 'the call took longer than apiCallTimeoutMs';

/**
 * The promise's value, or an error as soon as the call is over, before anything is sent; the promise itself continues, others may
 * wait for it.
 */
export async function within<T>(
  promise: Promise<T>,
  { callEnd, signal }: Deadline,
  attempts: number,
  failure: 'timeout' | 'credentials-timeout',
): Promise<T> {
  if (signal?.aborted) {
    // Nobody else may wait for it: its failure must not count as an unhandled rejection.
    promise.catch(() => {});
    throw abortedError(signal.reason, attempts, false);
  }
  const { promise: over, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(abortedError(signal?.reason, attempts, false));
  signal?.addEventListener('abort', onAbort);
  const remaining = callEnd - performance.now();
  const timer = Number.isFinite(remaining)
    ? setTimeout(() => reject(timedOut(failure, attempts)), Math.max(0, remaining))
    : undefined;
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function timedOut(failure: 'timeout' | 'credentials-timeout', attempts: number): InvocationError {
  const waited = failure === 'timeout' ? '' : ', waiting for credentials';
  return new InvocationError(failure, { message: `${CALL_TIMEOUT}${waited}`, attempts, mayHaveRun: false });
}

/** Waits, or throws as soon as the signal fires. `mayHaveRun`: what the attempts before may have done. */
export async function pause(
  milliseconds: number,
  signal: AbortSignal | undefined,
  attempts: number,
  mayHaveRun: boolean,
): Promise<void> {
  if (signal?.aborted) throw abortedError(signal.reason, attempts, mayHaveRun);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => reject(abortedError(signal?.reason, attempts, mayHaveRun));
  signal?.addEventListener('abort', onAbort);
  const timer = setTimeout(resolve, milliseconds);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
