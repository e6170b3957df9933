export { type LabelValue, metricCatalogue } from './catalogue.ts';
export type { InvocationLabels } from './invocation-metrics.ts';
export { createLogger, describeError, LOG_LEVELS, type Logger, type LogLevel } from './logger.ts';
export { MASKED, maskData, maskOf } from './mask/index.ts';
export { countersOf, type MetricSnapshot, metricsText, sumMetrics } from './metric-sum.ts';
export { Metrics } from './metrics.ts';
export { redactText } from './redaction.ts';
