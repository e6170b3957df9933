import { z } from 'zod';
import { defaultStreamLimits, defaultStreamTimeouts } from '../../policy/index.ts';
import { field, flag, integer } from './field.ts';

const GIBIBYTE = 2 ** 30;
/** Bytes a second. One read of the function is 64 KiB at most, so an answer that is over its time is cut after 16 s at the latest. */
const LOWEST_RATE = 4096;

const limits = z.strictObject({
  idleTimeoutMs: field(integer(1), {
    title: 'Idle timeout',
    description:
      'Milliseconds in which the function may send nothing after its first bytes; after that the answer is aborted.',
    default: defaultStreamTimeouts.idleTimeoutMs,
    examples: [60_000],
  }),
  totalTimeoutMs: field(integer(1), {
    title: 'Total timeout',
    description: 'Milliseconds from the first bytes of the answer to its end; after that the answer is aborted.',
    default: defaultStreamTimeouts.totalTimeoutMs,
    examples: [300_000],
  }),
  maxBytes: field(integer(1, GIBIBYTE), {
    title: 'Size limit',
    description:
      'Bytes of one streamed body; a longer answer is aborted there. Envoy may have to buffer all of them for a slow caller.',
    default: defaultStreamLimits.maxBytes,
    examples: [1_048_576],
  }),
  bytesPerSecond: field(integer(LOWEST_RATE, GIBIBYTE), {
    title: 'Rate',
    description: `Bytes a second after the burst, at least ${LOWEST_RATE}; the function is slowed down to it.`,
    default: defaultStreamLimits.bytesPerSecond,
    examples: [262_144],
  }),
  burstBytes: field(integer(1, GIBIBYTE), {
    title: 'Burst',
    description: 'Bytes that are sent without waiting.',
    default: defaultStreamLimits.burstBytes,
    examples: [65_536],
  }),
  prelude: field(flag, {
    title: 'Prelude',
    description:
      "true: the function sends status, headers and cookies before its body, like `awslambda.HttpResponseStream`; false: its bytes are the body, and the status is 200. Absent: true where `responseFormat` is one of AWS's.",
    examples: [false],
  }),
});

/** A streamed answer. */
export const streaming = z.union([flag, limits], 'expected true, false, or limits such as {maxBytes: 1048576}').meta({
  id: 'streaming',
  title: 'Streaming',
  description: "Sends the function's answer while it arrives, within limits; true uses the defaults of all limits.",
});
