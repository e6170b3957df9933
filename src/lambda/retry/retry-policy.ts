import type { InvocationError } from '../invocation-error.ts';
import { errorClassOf, isThrottling } from '../result/error-classes.ts';
import type { InvocationType, RetryOptions } from '../types.ts';

/** Which failures may be retried; an `unsent` request has cost the service nothing. */
export type RetryKind = 'throttled' | 'transient' | 'unsent';

/**
 * Whether a failed attempt may be made again. An Event whose bytes left may be queued already and is not repeated, but where
 * the answer says that it was throttled; a DryRun runs nothing and is repeated like an idempotent function.
 */
export function retryKind(
  error: InvocationError,
  type: InvocationType,
  { idempotent }: Pick<RetryOptions, 'idempotent'>,
): RetryKind | undefined {
  if (type === 'Event' && wasSent(error) && !wasThrottled(error)) return undefined;
  const mayRunTwice = idempotent || type === 'DryRun';
  switch (error.kind) {
    case 'connection':
    case 'timeout':
      if (!error.mayHaveRun) return 'unsent';
      return mayRunTwice ? 'transient' : undefined;
    case 'stream':
      return mayRunTwice ? 'transient' : undefined;
    case 'service':
    case 'status': {
      const status = error.statusCode ?? 0;
      const { retry } = errorClassOf(error.errorType, status);
      if (retry === 'no' || (retry === 'idempotent' && !mayRunTwice)) return undefined;
      return isThrottling(error.errorType, status) ? 'throttled' : 'transient';
    }
    default:
      return undefined;
  }
}

function wasSent({ kind, mayHaveRun }: InvocationError): boolean {
  return mayHaveRun || kind === 'service' || kind === 'status';
}

function wasThrottled({ kind, errorType, statusCode = 0 }: InvocationError): boolean {
  return (kind === 'service' || kind === 'status') && isThrottling(errorType, statusCode);
}
