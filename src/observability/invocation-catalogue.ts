import { INVOCATION_KINDS } from './failure-kinds.ts';
import type { MetricDefinition } from './metric-definition.ts';

/** Of invocations of functions. */
export const invocationMetricCatalogue = {
  invocations: {
    name: 'lambda_ext_proc_invocations_total',
    type: 'counter',
    help: 'Invocations of Lambda functions, by API, policy, function, outcome, kind of failure and error key.',
    labels: {
      api: null,
      policy: null,
      function: null,
      outcome: ['ok', 'function_error', 'error', 'aborted'],
      kind: ['', ...INVOCATION_KINDS],
      key: null,
    },
  },
  invocationTime: {
    name: 'lambda_ext_proc_invocation_duration_seconds',
    type: 'histogram',
    help: 'Time from the call of the Lambda client to the result, including attempts and credentials.',
    labels: { api: null, function: null },
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60],
  },
  invocationsInFlight: {
    name: 'lambda_ext_proc_invocations_in_flight',
    type: 'gauge',
    help: 'Invocations that have started and not ended, by API and function.',
    labels: { api: null, function: null },
  },
  attempts: {
    name: 'lambda_ext_proc_invocation_attempts_total',
    type: 'counter',
    help: 'Requests to Lambda for invocations, including retries, by API and function.',
    labels: { api: null, function: null },
  },
  retries: {
    name: 'lambda_ext_proc_invocation_retries_total',
    type: 'counter',
    help: 'Retried attempts, by API, function and kind of the failure before.',
    labels: { api: null, function: null, kind: INVOCATION_KINDS },
  },
  refusedInvocations: {
    name: 'lambda_ext_proc_refused_invocations_total',
    type: 'counter',
    help: 'Invocations that were not sent because of a limit of the sidecar, by API, function and limit.',
    labels: { api: null, function: null, reason: ['concurrency_limit', 'circuit_open', 'session_limit'] },
  },
  throttles: {
    name: 'lambda_ext_proc_throttled_invocations_total',
    type: 'counter',
    help: 'Invocations that Lambda throttled including their last attempt, by the limit that was reached.',
    labels: { limit: ['function', 'account', 'caller', 'unknown'] },
  },
  circuits: {
    name: 'lambda_ext_proc_circuits',
    type: 'gauge',
    help: 'Circuits that are not closed, by function and state; each worker has its own.',
    labels: { function: null, state: ['open', 'half_open'] },
  },
  circuitOpenings: {
    name: 'lambda_ext_proc_circuit_openings_total',
    type: 'counter',
    help: 'How often a circuit opened, by function.',
    labels: { function: null },
  },
} as const satisfies Record<string, MetricDefinition>;
