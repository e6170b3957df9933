import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type InvocationLabels, InvocationMetrics } from './invocation-metrics.ts';
import type { MetricSnapshot } from './metric-sum.ts';
import { registerProcessMetrics } from './process-metrics.ts';
import { Tally } from './tally.ts';

export type StreamOutcome = 'completed' | 'immediate' | 'aborted' | 'violation' | 'failed';
export type MessagePhase =
  | 'request_headers'
  | 'request_body'
  | 'request_trailers'
  | 'response_headers'
  | 'response_body'
  | 'response_trailers';
export type Limit = 'body' | 'streams' | 'buffered_bytes';

/** One set of credentials in use; times in milliseconds since the epoch. */
export interface CredentialState {
  /** Where they come from, e.g. `default` or the role's name. Never a key. */
  readonly source: string;
  readonly obtainedAt?: number | undefined;
  readonly expiresAt?: number | undefined;
}

const STREAM_OUTCOMES: readonly StreamOutcome[] = ['completed', 'immediate', 'aborted', 'violation', 'failed'];
const MESSAGE_PHASES: readonly MessagePhase[] = [
  'request_headers',
  'request_body',
  'request_trailers',
  'response_headers',
  'response_body',
  'response_trailers',
];
const LIMITS: readonly Limit[] = ['body', 'streams', 'buffered_bytes'];

/** Everything that one server process counts, in a registry of its own. docs/reference/metrics.md describes each. */
export class Metrics {
  readonly registry = new Registry();
  readonly #invocations: InvocationMetrics;
  readonly #streams: Tally;
  readonly #messages: Tally;
  readonly #passThroughs: Tally;
  readonly #bodiesUnavailable: Tally;
  readonly #limits: Tally;
  readonly #immediateResponses: Tally;
  readonly #violations: Tally;
  readonly #reloads: Tally;
  readonly #unexpectedErrors: Tally;
  readonly #droppedLogLines: Counter;
  readonly #sidecarTime: Histogram.Internal<string>;
  #policies: { readonly valid: Gauge; readonly loadedAt: Gauge; readonly apis: Gauge } | undefined;
  #credentials: (() => Iterable<CredentialState>) | undefined;
  #streamsInFlight = 0;
  #bufferedBytes = (): number => 0;
  #process: { stop(): void } | undefined;

  constructor() {
    const registry = this.registry;
    const registers = [registry];
    const tally = (name: string, help: string, label: string, expected: readonly string[] = []): Tally =>
      new Tally({ name: `lambda_ext_proc_${name}`, help, label, expected, registry });

    this.#streams = tally(
      'streams_total',
      'Streams (HTTP requests) that ended, by outcome.',
      'outcome',
      STREAM_OUTCOMES,
    );
    this.#messages = tally('messages_total', 'Messages received from Envoy, by phase.', 'phase', MESSAGE_PHASES);
    this.#passThroughs = tally('pass_throughs_total', 'Streams that went on untouched, by reason.', 'reason');
    this.#bodiesUnavailable = tally(
      'body_unavailable_total',
      'Bodies that a policy needed and Envoy did not send, by API.',
      'api',
    );
    this.#limits = tally('limit_reached_total', 'Work refused because a limit was reached, by limit.', 'limit', LIMITS);
    this.#immediateResponses = tally(
      'immediate_responses_total',
      'Answers given by the server itself, by reason: SEND_TO_CONSUMER or an error key.',
      'reason',
    );
    this.#violations = tally('protocol_violations_total', 'Streams that broke the protocol, by kind.', 'kind');
    this.#reloads = tally('reloads_total', 'Loads of the configuration, by result.', 'result', ['ok', 'failed']);
    this.#unexpectedErrors = tally(
      'unexpected_errors_total',
      'Exceptions and rejections that no code expected; each is logged.',
      'kind',
      ['exception', 'rejection'],
    );
    this.#droppedLogLines = new Counter({
      name: 'lambda_ext_proc_log_lines_dropped_total',
      help: 'Log lines thrown away because standard output was not read fast enough.',
      registers,
    });
    this.#invocations = new InvocationMetrics(registry);
    this.#sidecarTime = new Histogram({
      name: 'lambda_ext_proc_sidecar_duration_seconds',
      help: "The server's own time for one stream: from messages to answers, without the time of Lambda.",
      buckets: [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5],
      registers,
    }).labels({});
    this.#gauge('streams_in_flight', 'Streams that are open now.', () => this.#streamsInFlight);
    this.#gauge('buffered_bytes', 'Bytes of bodies held in memory now.', () => this.#bufferedBytes());
    this.#credentialGauges();
  }

  /** All values as data, to be summed with those of other processes. */
  async snapshot(): Promise<MetricSnapshot> {
    return (await this.registry.getMetricsAsJSON()) as MetricSnapshot;
  }

  /** Adds CPU, memory and event-loop lag of this process; until `stop`. Not for tests that only count. */
  watchProcess(version: string): void {
    this.#process = registerProcessMetrics(this.registry);
    new Gauge({
      name: 'lambda_ext_proc_build_info',
      help: 'Always 1; the labels tell the versions.',
      labelNames: ['version', 'node'],
      registers: [this.registry],
      aggregator: 'first',
    }).set({ version, node: process.versions.node }, 1);
  }

  stop(): void {
    this.#process?.stop();
  }

  streamOpened(): void {
    this.#streamsInFlight += 1;
  }

  streamClosed(outcome: StreamOutcome): void {
    this.#streamsInFlight -= 1;
    this.#streams.add(outcome);
  }

  get streamsInFlight(): number {
    return this.#streamsInFlight;
  }

  message(phase: MessagePhase): void {
    this.#messages.add(phase);
  }

  /** `seconds` from handing the invocation over to its result. */
  invocation(labels: InvocationLabels, seconds: number): void {
    this.#invocations.add(labels, seconds);
  }

  /** The server's own seconds for one stream, without waiting for Lambda or Envoy. */
  sidecarTime(seconds: number): void {
    this.#sidecarTime.observe(seconds);
  }

  /** A stream that went on untouched: `unmatched`, `local_reply`. */
  passThrough(reason: string): void {
    this.#passThroughs.add(reason);
  }

  bodyUnavailable(api: string): void {
    this.#bodiesUnavailable.add(api);
  }

  limitReached(limit: Limit): void {
    this.#limits.add(limit);
  }

  /** SEND_TO_CONSUMER, or the error key. */
  immediateResponse(reason: string): void {
    this.#immediateResponses.add(reason);
  }

  protocolViolation(kind: string): void {
    this.#violations.add(kind);
  }

  /** Asked at each scrape for the bytes of bodies held in memory. */
  observeBufferedBytes(bytes: () => number): void {
    this.#bufferedBytes = bytes;
  }

  /** An exception or rejection that no code expected; the process goes on. */
  unexpectedError(kind: 'exception' | 'rejection'): void {
    this.#unexpectedErrors.add(kind);
  }

  logLineDropped(): void {
    this.#droppedLogLines.inc();
  }

  /** A load of the configuration, the first included. `apis`: how many the policies now in force have. */
  reload(ok: boolean, apis?: number, now: number = Date.now()): void {
    this.#reloads.add(ok ? 'ok' : 'failed');
    // Only where a configuration is loaded: a worker, whose supervisor does that, would add a 0.
    this.#policies ??= this.#policyGauges();
    this.#policies.valid.set(ok ? 1 : 0);
    if (ok) this.#policies.loadedAt.set(now / 1000);
    if (apis !== undefined) this.#policies.apis.set(apis);
  }

  /** Asked at each scrape for the credentials in use. */
  observeCredentials(states: () => Iterable<CredentialState>): void {
    this.#credentials = states;
  }

  /** For a supervisor: asked at each scrape for the state of its workers. */
  observeWorkers(counts: () => { readonly ready: number; readonly wanted: number; readonly restarts: number }): void {
    this.#gauge('workers_ready', 'Workers that serve now.', () => counts().ready);
    this.#gauge('workers_wanted', 'Workers that should serve.', () => counts().wanted);
    let reported = 0;
    new Counter({
      name: 'lambda_ext_proc_worker_restarts_total',
      help: 'Workers that ended unasked and were started again.',
      registers: [this.registry],
      collect() {
        const { restarts } = counts();
        this.inc(restarts - reported);
        reported = restarts;
      },
    });
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `lambda_ext_proc_${name}`,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  #policyGauges() {
    const registers = [this.registry];
    return {
      valid: new Gauge({
        name: 'lambda_ext_proc_policies_valid',
        help: '1 when the last load of the configuration succeeded, 0 while older policies are still in force.',
        registers,
      }),
      loadedAt: new Gauge({
        name: 'lambda_ext_proc_policies_loaded_timestamp_seconds',
        help: 'When the policies in force were loaded, in seconds since the epoch.',
        registers,
      }),
      apis: new Gauge({
        name: 'lambda_ext_proc_policies_apis',
        help: 'APIs in the policies in force, inline ones not counted.',
        registers,
      }),
    };
  }

  #credentialGauges(): void {
    const states = (): CredentialState[] => [...(this.#credentials?.() ?? [])].slice(0, 100);
    new Gauge({
      name: 'lambda_ext_proc_credentials_age_seconds',
      help: 'Age of the AWS credentials in use, by source; the oldest of all workers.',
      labelNames: ['source'],
      registers: [this.registry],
      aggregator: 'max',
      collect() {
        this.reset();
        for (const { source, obtainedAt } of states()) {
          if (obtainedAt !== undefined) this.set({ source }, Math.max(0, (Date.now() - obtainedAt) / 1000));
        }
      },
    });
    new Gauge({
      name: 'lambda_ext_proc_credentials_expiry_timestamp_seconds',
      help: 'When the AWS credentials in use expire, in seconds since the epoch, by source; the soonest of all workers.',
      labelNames: ['source'],
      registers: [this.registry],
      aggregator: 'min',
      collect() {
        this.reset();
        for (const { source, expiresAt } of states()) {
          if (expiresAt !== undefined) this.set({ source }, expiresAt / 1000);
        }
      },
    });
  }
}
