import { cacheMetricCatalogue } from './cache-catalogue.ts';
import { credentialMetricCatalogue } from './credential-catalogue.ts';
import { FAILURE_KINDS } from './failure-kinds.ts';
import { invocationMetricCatalogue } from './invocation-catalogue.ts';
import type { MetricDefinition } from './metric-definition.ts';
import { streamedAnswerMetricCatalogue } from './streamed-answer-catalogue.ts';
import { traceMetricCatalogue } from './trace-catalogue.ts';

/** All metrics. docs/reference/metrics.md describes each, and a test compares the page with this. */
export const metricCatalogue = {
  streams: {
    name: 'lambda_ext_proc_streams_total',
    type: 'counter',
    help: 'Streams (HTTP requests) that ended, by outcome.',
    labels: { outcome: ['completed', 'immediate', 'aborted', 'violation', 'failed'] },
  },
  streamsInFlight: {
    name: 'lambda_ext_proc_streams_in_flight',
    type: 'gauge',
    help: 'Open streams.',
    labels: {},
  },
  messages: {
    name: 'lambda_ext_proc_messages_total',
    type: 'counter',
    help: 'Messages received from Envoy, by phase.',
    labels: {
      phase: [
        'request_headers',
        'request_body',
        'request_trailers',
        'response_headers',
        'response_body',
        'response_trailers',
      ],
    },
  },
  sidecarTime: {
    name: 'lambda_ext_proc_sidecar_duration_seconds',
    type: 'histogram',
    help: "The server's own time for one whole stream, without Lambda and without waiting for Envoy, by API.",
    labels: { api: null },
    buckets: [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5],
  },
  passThroughs: {
    name: 'lambda_ext_proc_pass_throughs_total',
    type: 'counter',
    help: 'Streams that passed unchanged, by reason.',
    labels: { reason: ['unmatched', 'local_reply'] },
  },
  immediateResponses: {
    name: 'lambda_ext_proc_immediate_responses_total',
    type: 'counter',
    help: 'Answers of the server itself, by API and reason: SEND_TO_CONSUMER or an error key.',
    labels: { api: null, reason: null },
  },
  failures: {
    name: 'lambda_ext_proc_failures_total',
    type: 'counter',
    help: 'Failures of requests that callers did not cause, by API and kind, including those after which the request continued.',
    labels: { api: null, kind: FAILURE_KINDS },
  },
  bodiesUnavailable: {
    name: 'lambda_ext_proc_body_unavailable_total',
    type: 'counter',
    help: 'Bodies that a policy needed and Envoy did not send, by API.',
    labels: { api: null },
  },
  droppedEvents: {
    name: 'lambda_ext_proc_dropped_events_total',
    type: 'counter',
    help: 'Observability mode: phases whose policies did not run, because the body that they read did not arrive completely.',
    labels: { phase: ['request', 'response'] },
  },
  unattributedResponses: {
    name: 'lambda_ext_proc_unattributed_responses_total',
    type: 'counter',
    help: 'Responses refused because it is not known whether a backend or Envoy made them, by the state of the request.',
    labels: { request: ['unseen', 'waiting'] },
  },
  violations: {
    name: 'lambda_ext_proc_protocol_violations_total',
    type: 'counter',
    help: 'Streams that violated the protocol, by kind.',
    labels: { kind: null },
  },
  limits: {
    name: 'lambda_ext_proc_limit_reached_total',
    type: 'counter',
    help: 'Work refused because a limit was reached, by limit.',
    labels: {
      limit: [
        'body',
        'body_wait',
        'streams',
        'buffered_bytes',
        'response_streams',
        'api_streams',
        'api_buffered_bytes',
        'api_response_streams',
        'evaluation',
      ],
    },
  },
  refusedStreams: {
    name: 'lambda_ext_proc_refused_streams_total',
    type: 'counter',
    help: 'gRPC streams that were ended before a service got a message from them, by reason.',
    labels: { reason: ['http2', 'encoding', 'no_message'] },
  },
  refusedConnections: {
    name: 'lambda_ext_proc_refused_connections_total',
    type: 'counter',
    help: 'Connections to the gRPC listeners that were refused, or closed to make room, by reason.',
    labels: { reason: ['tls', 'client_name', 'http2', 'limit'] },
  },
  bufferedBytes: {
    name: 'lambda_ext_proc_buffered_bytes',
    type: 'gauge',
    help: 'Bytes that requests hold in memory: bodies, texts, payloads, results, variables, messages and answers.',
    labels: {},
  },
  ...streamedAnswerMetricCatalogue,
  ...invocationMetricCatalogue,
  ...traceMetricCatalogue,
  ...cacheMetricCatalogue,
  ...credentialMetricCatalogue,
  policiesValid: {
    name: 'lambda_ext_proc_policies_valid',
    type: 'gauge',
    help: '1 when the last load of the configuration succeeded, 0 while older policies are still in force.',
    labels: {},
  },
  policiesLoadedAt: {
    name: 'lambda_ext_proc_policies_loaded_timestamp_seconds',
    type: 'gauge',
    help: 'When the policies in force were loaded, in seconds since the epoch.',
    labels: {},
  },
  policiesApis: {
    name: 'lambda_ext_proc_policies_apis',
    type: 'gauge',
    help: 'APIs in the policies in force, without inline policies.',
    labels: {},
  },
  reloads: {
    name: 'lambda_ext_proc_reloads_total',
    type: 'counter',
    help: 'Loads of the configuration, by result.',
    labels: { result: ['ok', 'failed'] },
  },
  workersReady: {
    name: 'lambda_ext_proc_workers_ready',
    type: 'gauge',
    help: 'Workers that are serving.',
    labels: {},
  },
  workersWanted: {
    name: 'lambda_ext_proc_workers_wanted',
    type: 'gauge',
    help: 'Workers that should be serving.',
    labels: {},
  },
  workerRestarts: {
    name: 'lambda_ext_proc_worker_restarts_total',
    type: 'counter',
    help: 'Workers that ended unexpectedly and were restarted.',
    labels: {},
  },
  unexpectedErrors: {
    name: 'lambda_ext_proc_unexpected_errors_total',
    type: 'counter',
    help: 'Unexpected exceptions and rejections; each is logged.',
    labels: { kind: ['exception', 'rejection'] },
  },
  droppedLogLines: {
    name: 'lambda_ext_proc_log_lines_dropped_total',
    type: 'counter',
    help: 'Log lines that were dropped because standard output was not read fast enough.',
    labels: {},
  },
  eventLoopLag: {
    name: 'lambda_ext_proc_event_loop_lag_seconds',
    type: 'gauge',
    help: 'Lag of the event loop since the last scrape, by statistic; the worst of all workers.',
    labels: { statistic: ['median', 'p99', 'max'] },
    aggregator: 'max',
  },
  buildInfo: {
    name: 'lambda_ext_proc_build_info',
    type: 'gauge',
    help: 'Always 1; the labels are the versions.',
    labels: { version: null, node: null },
    aggregator: 'first',
  },
  cpu: {
    name: 'process_cpu_seconds_total',
    type: 'counter',
    help: 'User and system CPU time in seconds.',
    labels: {},
  },
  startTime: {
    name: 'process_start_time_seconds',
    type: 'gauge',
    help: 'Start of the process in seconds since the epoch; the oldest of all workers.',
    labels: {},
    aggregator: 'min',
  },
  residentMemory: {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    help: 'Resident memory in bytes.',
    labels: {},
  },
  heapUsed: {
    name: 'nodejs_heap_used_bytes',
    type: 'gauge',
    help: 'JavaScript heap in use, in bytes.',
    labels: {},
  },
  externalMemory: {
    name: 'nodejs_external_memory_bytes',
    type: 'gauge',
    help: 'Memory of buffers outside the heap, in bytes.',
    labels: {},
  },
  openFiles: {
    name: 'process_open_fds',
    type: 'gauge',
    help: 'Open file descriptors (0 where the system does not expose them).',
    labels: {},
  },
} as const satisfies Record<string, MetricDefinition>;

type Catalogue = typeof metricCatalogue;

export type Metric = keyof Catalogue;
export type Label<M extends Metric> = keyof Catalogue[M]['labels'] & string;
/** The possible values of a metric's label. */
export type LabelValue<M extends Metric, L extends Label<M>> = Catalogue[M]['labels'][L] extends readonly (infer V)[]
  ? V
  : string;
