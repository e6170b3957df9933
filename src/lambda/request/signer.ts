import { hash } from 'node:crypto';
import type { ResolvedCredentials } from '../resolved-credentials.ts';
import { AmzClock } from './amz-date.ts';
import type { Prepared } from './prepared.ts';
import { SigningKeys } from './signing-key.ts';
import type { Target } from './target.ts';

/** What only the signature's headers carry. */
export interface AttemptStamp {
  /** The same for all attempts of one call. */
  readonly invocationId: string;
  /** `attempt=1; max=3` */
  readonly attempt: string;
  readonly userAgent: string;
}

const EMPTY_HASH = hash('sha256', '');
/** The signed header names, by which optional headers are present, as the SDK signs them: all but user-agent and x-amzn-trace-id. */
const signedHeaders = new Map<number, string>();

/**
 * AWS Signature Version 4 of one `Invoke`, with the headers and the canonical form that the SDK would make: a
 * differential test compares both.
 */
export class Signer {
  readonly #keys = new SigningKeys();
  readonly #clock = new AmzClock();
  readonly #sharedHashes = new WeakMap<Uint8Array, string>();

  /** The request's headers as name, value, name, value …; `now` in milliseconds, corrected for skew. */
  sign(
    target: Target,
    { payload, isPayloadShared, invocationType, logTail, clientContext, tenantId }: Prepared,
    { invocationId, attempt, userAgent }: AttemptStamp,
    credentials: ResolvedCredentials,
    now: number,
  ): string[] {
    const { sessionToken } = credentials;
    const date = this.#clock.format(now);
    const { key, scope } = this.#keys.get(credentials, target.region, date.day);
    const payloadHash = this.#hashOf(payload, isPayloadShared);
    const headers = ['amz-sdk-invocation-id', invocationId, 'amz-sdk-request', attempt];
    let canonical = `${target.canonicalHead}amz-sdk-invocation-id:${invocationId}\namz-sdk-request:${attempt}\n`;
    let optional = 0;
    if (payload !== undefined) {
      optional |= 1;
      canonical += `content-length:${payload.byteLength}\ncontent-type:application/json\n`;
      headers.push('content-type', 'application/json');
    }
    canonical += `host:${target.host}\n`;
    if (clientContext !== undefined) {
      optional |= 2;
      canonical += `x-amz-client-context:${clientContext}\n`;
      headers.push('x-amz-client-context', clientContext);
    }
    canonical += `x-amz-content-sha256:${payloadHash}\nx-amz-date:${date.long}\nx-amz-invocation-type:${invocationType}\n`;
    headers.push('x-amz-content-sha256', payloadHash, 'x-amz-date', date.long, 'x-amz-invocation-type', invocationType);
    if (logTail) {
      optional |= 4;
      canonical += 'x-amz-log-type:Tail\n';
      headers.push('x-amz-log-type', 'Tail');
    }
    if (sessionToken !== undefined) {
      optional |= 8;
      canonical += `x-amz-security-token:${sessionToken}\n`;
      headers.push('x-amz-security-token', sessionToken);
    }
    if (tenantId !== undefined) {
      optional |= 16;
      canonical += `x-amz-tenant-id:${canonicalValue(tenantId)}\n`;
      headers.push('x-amz-tenant-id', tenantId);
    }
    const names = signedHeaders.get(optional) ?? namesFor(optional);
    canonical += `\n${names}\n${payloadHash}`;
    const toSign = `AWS4-HMAC-SHA256\n${date.long}\n${scope}\n${hash('sha256', canonical)}`;
    const signature = key.digest(toSign, 'hex');
    headers.push(
      'user-agent',
      userAgent,
      'authorization',
      `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    );
    return headers;
  }

  #hashOf(payload: Uint8Array | undefined, isShared: boolean): string {
    if (payload === undefined) return EMPTY_HASH;
    if (!isShared) return hash('sha256', payload);
    let known = this.#sharedHashes.get(payload);
    if (known === undefined) {
      known = hash('sha256', payload);
      this.#sharedHashes.set(payload, known);
    }
    return known;
  }
}

/** Runs of blanks count as one, and those at the ends not at all. */
function canonicalValue(value: string): string {
  return value.replaceAll(/[ \t]+/g, ' ').replaceAll(/^ | $/g, '');
}

function namesFor(optional: number): string {
  const names = [
    'amz-sdk-invocation-id',
    'amz-sdk-request',
    ...(optional & 1 ? ['content-length', 'content-type'] : []),
    'host',
    ...(optional & 2 ? ['x-amz-client-context'] : []),
    'x-amz-content-sha256',
    'x-amz-date',
    'x-amz-invocation-type',
    ...(optional & 4 ? ['x-amz-log-type'] : []),
    ...(optional & 8 ? ['x-amz-security-token'] : []),
    ...(optional & 16 ? ['x-amz-tenant-id'] : []),
  ].join(';');
  signedHeaders.set(optional, names);
  return names;
}
