import { type Context, isSpanContextValid, TraceFlags, trace } from '@opentelemetry/api';
import {
  type Sampler,
  SamplingDecision,
  type SamplingResult,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { SamplerSettings } from './settings.ts';
import type { TraceRate } from './trace-rate.ts';

const RECORD: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED };
const LEAVE: SamplingResult = { decision: SamplingDecision.NOT_RECORD };

/**
 * The samplers of OTEL_TRACES_SAMPLER, with a rate limit for all except `always_on`: a caller chooses the flag and the id of its
 * trace, and must not be able to have all streams recorded. A span within the process follows its parent.
 */
export class StreamSampler implements Sampler {
  readonly #settings: SamplerSettings;
  readonly #ratio: Sampler;
  readonly #rate: TraceRate;
  readonly #onLimited: () => void;

  constructor(settings: SamplerSettings, rate: TraceRate, onLimited: () => void) {
    this.#settings = settings;
    this.#ratio = new TraceIdRatioBasedSampler(settings.ratio);
    this.#rate = rate;
    this.#onLimited = onLimited;
  }

  shouldSample(context: Context, traceId: string, ...rest: ParametersAfterTraceId): SamplingResult {
    const found = trace.getSpanContext(context);
    const parent = found !== undefined && isSpanContextValid(found) ? found : undefined;
    const isParentSampled = parent !== undefined && (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
    if (parent !== undefined && parent.isRemote !== true) return isParentSampled ? RECORD : LEAVE;
    const { root, parentBased } = this.#settings;
    if (root === 'always_on' && !parentBased) return RECORD;
    const byRoot = (): boolean => {
      if (root === 'ratio') return this.#ratio.shouldSample(context, traceId, ...rest).decision !== LEAVE.decision;
      return root === 'always_on';
    };
    const isWanted = parentBased && parent !== undefined ? isParentSampled : byRoot();
    if (!isWanted) return LEAVE;
    if (this.#rate.take()) return RECORD;
    this.#onLimited();
    return LEAVE;
  }

  toString(): string {
    return `StreamSampler{${this.#settings.name}}`;
  }
}

type ParametersAfterTraceId =
  Parameters<Sampler['shouldSample']> extends [unknown, unknown, ...infer Rest] ? Rest : never;
