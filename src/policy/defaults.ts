import { SYNCHRONOUS_BYTES } from '../lambda-quotas.ts';
import type { StreamLimits } from './answer.ts';
import type { ErrorStatus } from './api-policies.ts';
import type { Limits } from './policy-set.ts';

/** The longest time in seconds that a document may cache a result: API Gateway's limit for its authorizers. */
export const CACHE_SECONDS = 3_600;
/** Cached results of one step in one worker: the default, and the maximum that a document may ask for. */
export const CACHE_ENTRIES = { usual: 1_000, most: 100_000 } as const;

/** The owner of the share of all inline policies: not a name that the document's author would give to an API. */
export const INLINE_CACHE_OWNER = 'inline:*';

/** Defaults of policies.yaml. */
export const policyDefaults = {
  unmatched: 'reject',
  inline: false,
  onConditionError: 'skip',
  onError: 'fail',
  sendToConsumer: false,
  clearRouteCache: false,
} as const;

/**
 * Streams: 2,000 a second while a function hangs for 5 s, and a fifth more; a waiting one takes some 25 KB. The wait for a
 * body is Envoy's default stream_idle_timeout. Not shorter: a slow upload that is buffered shows no progress.
 */
export const defaultLimits: Limits = {
  bodyBytes: SYNCHRONOUS_BYTES,
  streams: 12_000,
  bufferedBytes: 134_217_728,
  shares: { default: 0.8 },
  evaluationMs: 250,
  bodyWaitMs: 300_000,
  responseStreams: 500,
};

/** AWS's own rate after its burst of 6 MB; the burst is smaller, since Envoy may have to buffer all of it for a slow caller. */
export const defaultStreamLimits: StreamLimits = {
  maxBytes: 16_777_216,
  bytesPerSecond: 2_097_152,
  burstBytes: 1_048_576,
};

/** API Gateway's limits for streams: idle for 5 min, 15 min in total. */
export const defaultStreamTimeouts = { idleTimeoutMs: 300_000, totalTimeoutMs: 900_000 } as const;

/** `errorStatus: honest`: the HTTP status for what happened. */
export const honestStatus: ErrorStatus = Object.freeze({
  throttled: 429,
  timeout: 504,
  tooLarge: 413,
  unavailable: 502,
});
