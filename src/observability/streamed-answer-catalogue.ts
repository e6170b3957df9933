import type { MetricDefinition } from './metric-definition.ts';

/** Metrics of streamed answers. */
export const streamedAnswerMetricCatalogue = {
  responseStreams: {
    name: 'lambda_ext_proc_response_streams',
    type: 'gauge',
    help: 'Answers that are being streamed to callers.',
    labels: {},
  },
  responseStreamBytes: {
    name: 'lambda_ext_proc_response_stream_bytes_total',
    type: 'counter',
    help: 'Bytes of the bodies of streamed answers that were written to Envoy.',
    labels: {},
  },
  responseStreamFirstByte: {
    name: 'lambda_ext_proc_response_stream_first_byte_seconds',
    type: 'histogram',
    help: 'Time from a request to the first byte of its streamed answer, or to its end if it has no body.',
    labels: {},
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60],
  },
  responseStreamCuts: {
    name: 'lambda_ext_proc_response_stream_cuts_total',
    type: 'counter',
    help: 'Streamed answers that were cut off before their end, by reason.',
    labels: { reason: ['function', 'max_bytes', 'memory', 'shutdown', 'caller', 'internal'] },
  },
  collectedAnswers: {
    name: 'lambda_ext_proc_collected_answers_total',
    type: 'counter',
    help: 'Answers that were configured to be streamed, but were collected and sent as a whole, by reason.',
    labels: { reason: ['body_mode', 'envoy_version', 'hidden_method'] },
  },
} as const satisfies Record<string, MetricDefinition>;
