import { EVENT_BYTES, SYNCHRONOUS_BYTES } from '../../lambda-quotas.ts';
import { InvocationError } from '../invocation-error.ts';
import type { InvocationType } from '../types.ts';

/** Throws InvocationError (`payload-too-large`): the service would refuse it after it had been sent. */
export function checkPayload(payload: Uint8Array, type: InvocationType): void {
  const limit = type === 'Event' ? EVENT_BYTES : SYNCHRONOUS_BYTES;
  if (payload.byteLength <= limit) return;
  throw new InvocationError('payload-too-large', {
    message: `the payload has ${payload.byteLength} bytes, the limit of ${type} is ${limit}; nothing was sent`,
  });
}
