export { type LabelValue, metricCatalogue } from './catalogue.ts';
export { FAILURE_KINDS, type FailureKind, failureKinds, type InvocationFailureKind } from './failure-kinds.ts';
export { type FailureRecord, MOST_FAILURES } from './failure-record.ts';
export type { InvocationEnd, InvocationLabels, OpenInvocation } from './invocation-metrics.ts';
export { createLogger, describeError, LOG_LEVELS, type Logger, type LogLevel } from './logger.ts';
export { MASKED, maskData, maskOf } from './mask/index.ts';
export { countersOf, type MetricSnapshot, type MetricsFormat, metricsText, sumMetrics } from './metric-sum.ts';
export { type CircuitState, Metrics } from './metrics.ts';
export { redactText } from './redaction.ts';
