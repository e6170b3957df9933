export type { InvocationLabels, InvocationOutcome } from './invocation-metrics.ts';
export { createLogger, describeError, type Logger, type LoggerOptions, type LogLevel, logLevels } from './logger.ts';
export { countersOf, type MetricSnapshot, metricsText, sumMetrics } from './metric-sum.ts';
export { type CredentialState, type Limit, type MessagePhase, Metrics, type StreamOutcome } from './metrics.ts';
export { redactText } from './redaction.ts';
