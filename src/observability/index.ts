export { type LabelValue, metricCatalogue } from './catalogue.ts';
export type { InvocationLabels } from './invocation-metrics.ts';
export { createLogger, describeError, type Logger, type LogLevel, logLevels } from './logger.ts';
export { countersOf, type MetricSnapshot, metricsText, sumMetrics } from './metric-sum.ts';
export { Metrics } from './metrics.ts';
export { redactText } from './redaction.ts';
