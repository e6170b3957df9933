import { type KeyParts, sharedKey } from '../cache/index.ts';
import type { FunctionAnswer } from '../formats/index.ts';
import type { CredentialSource, InvocationResult } from '../lambda/index.ts';
import type { MemoryAccount } from '../memory-account.ts';
import type { StoreEntry } from '../result-store/index.ts';
import type { CredentialTemplates } from './api-policies.ts';
import { answerOf, type FunctionCall } from './call-function.ts';
import { INLINE_CACHE_OWNER } from './defaults.ts';
import { dependsOnRequest } from './known-text.ts';
import { PolicyFailure } from './policy-failure.ts';
import type { SharedStore } from './runtime.ts';

/** The stored result of a call, or where its result is written. */
export interface StoredResult {
  /** Undefined: nothing is written. */
  readonly entry: StoreEntry | undefined;
  readonly found:
    | { readonly result: InvocationResult; readonly answer: FunctionAnswer; readonly ttlMs: number }
    | undefined;
}

const nothing: StoredResult = { entry: undefined, found: undefined };

/**
 * Looks up a call in the store. `parts`: all that distinguishes it from others of the document, except its destination and signer. Calls of
 * inline policies are never stored, nor those of an unknown signer. Never rejects.
 */
export async function lookUpStored(
  { step, invocation }: FunctionCall,
  parts: KeyParts,
  store: SharedStore,
  memory: MemoryAccount,
): Promise<StoredResult> {
  const { cache, credentials } = step.configuration;
  if (cache === undefined || cache.owner === INLINE_CACHE_OWNER || !store.results.isConfigured) return nothing;
  const place = await store.placeOf(invocation);
  if (place === undefined) {
    store.results.skip();
    return nothing;
  }
  const given = keysOfRequest(credentials, invocation.credentials);
  const digest = sharedKey([String(place.length), ...place, ...given, ...parts]);
  const entry = { digest, configuration: cache.space, ttlMs: cache.ttlMs };
  const decode = (bytes: Buffer) => {
    const result = decodeResult(bytes);
    if (result === undefined) return undefined;
    const answer = answerOf(result, step, invocation, memory);
    return answer instanceof PolicyFailure ? undefined : { result, answer };
  };
  const hit = await store.results.get(entry, decode, memory);
  return { entry, found: hit === undefined ? undefined : { ...hit.value, ttlMs: hit.ttlMs } };
}

/**
 * The document's own keys are identified by their id, since they are rotated. But a request that brings its own keys must have them: the id
 * of other keys is not a secret.
 */
function keysOfRequest(templates: CredentialTemplates, source: CredentialSource): KeyParts {
  const { accessKey, secretKey, sessionToken } = templates;
  const isGiven = [accessKey, secretKey, sessionToken].some((key) => key !== undefined && dependsOnRequest(key));
  return isGiven ? ['given', source.secretKey, source.sessionToken] : ['own'];
}

/** Status, then the texts with their lengths, then the payload. */
export function encodeResult({ status, executedVersion, requestId, payload }: InvocationResult): readonly Uint8Array[] {
  const texts = [executedVersion, requestId].map((text) => Buffer.from(text ?? ''));
  const head = Buffer.alloc(2 + 2 * texts.length);
  head.writeUInt16BE(status, 0);
  for (const [i, { byteLength }] of texts.entries()) head.writeUInt16BE(byteLength, 2 + 2 * i);
  return [head, ...texts, payload];
}

/** Undefined: they are not a stored result. */
function decodeResult(bytes: Buffer): InvocationResult | undefined {
  if (bytes.byteLength < 6) return undefined;
  const versionEnd = 6 + bytes.readUInt16BE(2);
  const end = versionEnd + bytes.readUInt16BE(4);
  if (end > bytes.byteLength) return undefined;
  return {
    status: bytes.readUInt16BE(0),
    executedVersion: bytes.toString('utf8', 6, versionEnd) || undefined,
    requestId: bytes.toString('utf8', versionEnd, end) || undefined,
    payload: bytes.subarray(end),
    attempts: 0,
  };
}
