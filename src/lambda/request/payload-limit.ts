import { InvocationError } from '../invocation-error.ts';
import type { InvocationType } from '../types.ts';

/** The service's quotas: 6 MB for a request that is answered, 1 MB for an asynchronous one. */
const SYNCHRONOUS_BYTES = 6 * 1024 * 1024;
const EVENT_BYTES = 1024 * 1024;

/** Throws InvocationError (`payload-too-large`): the service would refuse it after it had been sent. */
export function checkPayload(payload: Uint8Array, type: InvocationType): void {
  const limit = type === 'Event' ? EVENT_BYTES : SYNCHRONOUS_BYTES;
  if (payload.byteLength <= limit) return;
  throw new InvocationError({
    kind: 'payload-too-large',
    message: `the payload has ${payload.byteLength} bytes, the limit of ${type} is ${limit}; nothing was sent`,
    attempts: 0,
    mayHaveRun: false,
    details: 'Service: Lambda, Payload too large',
  });
}
