import type { MetricDefinition } from './metric-definition.ts';

/** Metrics of traces, if traces are on. */
export const traceMetricCatalogue = {
  traceSpans: {
    name: 'lambda_ext_proc_trace_spans_total',
    type: 'counter',
    help: 'Spans that left the process or were lost, by outcome.',
    labels: { outcome: ['exported', 'failed', 'dropped'] },
  },
  limitedTraces: {
    name: 'lambda_ext_proc_traces_limited_total',
    type: 'counter',
    help: 'Streams that were selected for a trace but not recorded, because the limit was reached.',
    labels: {},
  },
} as const satisfies Record<string, MetricDefinition>;
