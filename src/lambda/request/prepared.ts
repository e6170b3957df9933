import type { Invocation } from '../types.ts';
import { checkTenantId, encodeClientContext } from './header-fields.ts';
import { checkPayload } from './payload-limit.ts';

/** The checked parts of a request that are the same for all attempts of an invocation. */
export interface Prepared {
  readonly payload: Uint8Array | undefined;
  /** See Invocation. */
  readonly isPayloadShared: boolean;
  readonly invocationType: Invocation['invocationType'];
  readonly logTail: boolean;
  readonly clientContext: string | undefined;
  readonly tenantId: string | undefined;
}

/** Throws InvocationError (`payload-too-large`, `configuration`). */
export function prepare(invocation: Invocation): Prepared {
  const { payload, isPayloadShared = false, invocationType, logType, clientContext, tenantId } = invocation;
  const body = payload === undefined || payload.byteLength === 0 ? undefined : payload;
  if (body !== undefined) checkPayload(body, invocationType);
  return {
    payload: body,
    isPayloadShared,
    invocationType,
    logTail: logType === 'Tail',
    clientContext: clientContext === undefined ? undefined : encodeClientContext(clientContext),
    tenantId: tenantId === undefined ? undefined : checkTenantId(tenantId),
  };
}
