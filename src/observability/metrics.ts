import { type Gauge, Registry } from 'prom-client';
import { ApiTally } from './api-tally.ts';
import { ApiTimes } from './api-times.ts';
import { type CacheState, cacheMetrics, type StoreState, storeMetrics } from './cache-metrics.ts';
import type { LabelValue, Metric } from './catalogue.ts';
import { createCounter, createGauge } from './create-metric.ts';
import { CredentialRefreshes, type CredentialState, credentialGauges } from './credential-metrics.ts';
import { type FailureRecord, RecentFailures } from './failure-record.ts';
import { type InvocationLabels, InvocationMetrics, type OpenInvocation } from './invocation-metrics.ts';
import { LabelValues } from './label-values.ts';
import type { MetricSnapshot } from './metric-sum.ts';
import { registerProcessMetrics } from './process-metrics.ts';
import { Tally } from './tally.ts';
import { TimeHistogram } from './time-histogram.ts';
import { TraceMetrics } from './trace-metrics.ts';

/** A circuit that is not closed. */
export interface CircuitState {
  /** The function's name in the policies. */
  readonly function: string;
  readonly state: LabelValue<'circuits', 'state'>;
}

/** Names of functions may contain a caller's data. */
const MAX_CIRCUITS = 200;

/** All metrics of one server process, in a separate registry. docs/reference/metrics.md describes each. */
export class Metrics {
  readonly registry = new Registry();
  readonly traces = new TraceMetrics(this.registry);
  readonly #invocations = new InvocationMetrics(this.registry);
  readonly #streams = new Tally('streams', this.registry);
  readonly #messages = new Tally('messages', this.registry);
  readonly #passThroughs = new Tally('passThroughs', this.registry);
  readonly #unattributedResponses = new Tally('unattributedResponses', this.registry);
  readonly #bodiesUnavailable = new Tally('bodiesUnavailable', this.registry);
  readonly #droppedEvents = new Tally('droppedEvents', this.registry);
  readonly #limits = new Tally('limits', this.registry);
  readonly #refusedStreams = new Tally('refusedStreams', this.registry);
  readonly #refusedConnections = new Tally('refusedConnections', this.registry);
  readonly #immediateResponses = new ApiTally('immediateResponses', this.registry);
  readonly #failures = new ApiTally('failures', this.registry);
  /** For the admin page. */
  readonly recentFailures = new RecentFailures();
  readonly #violations = new Tally('violations', this.registry);
  readonly #credentialRefreshes = new CredentialRefreshes(this.registry);
  readonly #circuitOpenings = new Tally('circuitOpenings', this.registry);
  readonly #reloads = new Tally('reloads', this.registry);
  readonly #unexpectedErrors = new Tally('unexpectedErrors', this.registry);
  readonly #droppedLogLines = createCounter('droppedLogLines', this.registry);
  readonly #sidecarTime = new ApiTimes(this.registry);
  readonly #responseStreamCuts = new Tally('responseStreamCuts', this.registry);
  readonly #collectedAnswers = new Tally('collectedAnswers', this.registry);
  readonly #responseStreamFirstByte = new TimeHistogram('responseStreamFirstByte', this.registry).series({});
  #responseStreams = 0;
  #responseStreamBytes = 0;
  #policies: { readonly valid: Gauge; readonly loadedAt: Gauge; readonly apis: Gauge } | undefined;
  #circuits: (() => Iterable<CircuitState>) | undefined;
  #credentials: (() => Iterable<CredentialState>) | undefined;
  #streamsInFlight = 0;
  #streamsBegun = 0;
  #bufferedBytes = (): number => 0;
  #process: { stop(): void } | undefined;

  constructor() {
    this.#gauge('streamsInFlight', () => this.#streamsInFlight);
    this.#gauge('bufferedBytes', () => this.#bufferedBytes());
    this.#gauge('responseStreams', () => this.#responseStreams);
    this.#countStreamedBytes();
    credentialGauges(this.registry, () => this.#credentials?.() ?? []);
    this.#circuitGauge();
  }

  /** All values as data, to be added to those of other processes. */
  async snapshot(): Promise<MetricSnapshot> {
    return (await this.registry.getMetricsAsJSON()) as MetricSnapshot;
  }

  /** Adds CPU, memory and event-loop lag of this process, until `stop`. Not needed in tests that only count. */
  watchProcess(version: string): void {
    this.#process = registerProcessMetrics(this.registry);
    createGauge('buildInfo', this.registry).set({ version, node: process.versions.node }, 1);
  }

  stop(): void {
    this.#process?.stop();
  }

  streamOpened(): void {
    this.#streamsInFlight++;
    this.#streamsBegun++;
  }

  streamClosed(outcome: LabelValue<'streams', 'outcome'>): void {
    this.#streamsInFlight--;
    this.#streams.add(outcome);
  }

  /** All streams since the start of the process. */
  get streamsBegun(): number {
    return this.#streamsBegun;
  }

  get streamsInFlight(): number {
    return this.#streamsInFlight;
  }

  message(phase: LabelValue<'messages', 'phase'>): void {
    this.#messages.add(phase);
  }

  /** An invocation begins. */
  invocation(labels: InvocationLabels): OpenInvocation {
    return this.#invocations.begin(labels);
  }

  /** A request failed, or one of its steps failed and it continued. `traceId`: of a recorded trace. */
  failed(record: FailureRecord, traceId?: string): void {
    // Failures caused by callers must not evict those that an operator looks for.
    if (record.byCaller) return;
    this.#failures.add(record.api, record.kind, traceId);
    this.recentFailures.add(record);
  }

  /** The server's own seconds for one stream, without waiting for Lambda or Envoy. `traceId`: of a recorded trace. */
  sidecarTime(api: string, seconds: number, traceId?: string): void {
    this.#sidecarTime.observe(api, seconds, traceId);
  }

  /** A stream that passed unchanged. */
  passThrough(reason: LabelValue<'passThroughs', 'reason'>): void {
    this.#passThroughs.add(reason);
  }

  unattributedResponse(request: LabelValue<'unattributedResponses', 'request'>): void {
    this.#unattributedResponses.add(request);
  }

  bodyUnavailable(api: string): void {
    this.#bodiesUnavailable.add(api);
  }

  /** Observability mode: the policies of a phase did not run. */
  eventDropped(phase: LabelValue<'droppedEvents', 'phase'>): void {
    this.#droppedEvents.add(phase);
  }

  limitReached(limit: LabelValue<'limits', 'limit'>): void {
    this.#limits.add(limit);
  }

  /** Streams that ended before a service got a message. */
  streamsRefused(reason: LabelValue<'refusedStreams', 'reason'>, count: number): void {
    this.#refusedStreams.add(reason, count);
  }

  connectionRefused(reason: LabelValue<'refusedConnections', 'reason'>): void {
    this.#refusedConnections.add(reason);
  }

  /** SEND_TO_CONSUMER, or the error key. */
  immediateResponse(api: string, reason: string): void {
    this.#immediateResponses.add(api, reason);
  }

  protocolViolation(kind: string): void {
    this.#violations.add(kind);
  }

  /** An answer is being streamed. */
  responseStreamOpened(): void {
    this.#responseStreams++;
  }

  /** `seconds` from the request to the first byte. */
  responseStreamBegan(seconds: number): void {
    this.#responseStreamFirstByte.observe(seconds);
  }

  responseStreamBytes(bytes: number): void {
    this.#responseStreamBytes += bytes;
  }

  /** `cut`: why it was cut off before its end. */
  responseStreamClosed(cut: LabelValue<'responseStreamCuts', 'reason'> | undefined): void {
    this.#responseStreams--;
    if (cut !== undefined) this.#responseStreamCuts.add(cut);
  }

  answerCollected(reason: LabelValue<'collectedAnswers', 'reason'>): void {
    this.#collectedAnswers.add(reason);
  }

  /** Called at each scrape for the bytes of bodies in memory. */
  observeBufferedBytes(bytes: () => number): void {
    this.#bufferedBytes = bytes;
  }

  /** An unexpected exception or rejection; the process continues. */
  unexpectedError(kind: LabelValue<'unexpectedErrors', 'kind'>): void {
    this.#unexpectedErrors.add(kind);
  }

  logLineDropped(): void {
    this.#droppedLogLines.inc();
  }

  /** A load of the configuration, including the first. `apis`: the number of APIs in the policies now in force. */
  reload(ok: boolean, apis?: number, now: number = Date.now()): void {
    this.#reloads.add(ok ? 'ok' : 'failed');
    // Only in the process that loads the configuration: a worker, whose supervisor does that, would add a 0.
    this.#policies ??= this.#policyGauges();
    this.#policies.valid.set(ok ? 1 : 0);
    if (ok) this.#policies.loadedAt.set(now / 1000);
    if (apis !== undefined) this.#policies.apis.set(apis);
  }

  /** Credentials were requested from a source. */
  credentialsRefreshed(source: string, ok: boolean): void {
    this.#credentialRefreshes.add(source, ok);
  }

  /** The circuit of a function opened. */
  circuitOpened(name: string): void {
    this.#circuitOpenings.add(name);
  }

  /** Called at each scrape for the circuits that are not closed. */
  observeCircuits(states: () => Iterable<CircuitState>): void {
    this.#circuits = states;
  }

  /** Called at each scrape for the credentials in use. */
  observeCredentials(states: () => Iterable<CredentialState>): void {
    this.#credentials = states;
  }

  /** Called at each scrape for the cached results. */
  observeCache(cache: CacheState): void {
    cacheMetrics(cache, this.registry);
  }

  /** Called at each scrape for the shared result store. */
  observeStore(store: StoreState): void {
    storeMetrics(store, this.registry);
  }

  /** For a supervisor: called at each scrape for the state of its workers. */
  observeWorkers(counts: () => { readonly ready: number; readonly wanted: number; readonly restarts: number }): void {
    this.#gauge('workersReady', () => counts().ready);
    this.#gauge('workersWanted', () => counts().wanted);
    let reported = 0;
    createCounter('workerRestarts', this.registry, (counter) => {
      const { restarts } = counts();
      counter.inc(restarts - reported);
      reported = restarts;
    });
  }

  #countStreamedBytes(): void {
    let reported = 0;
    createCounter('responseStreamBytes', this.registry, (counter) => {
      counter.inc(this.#responseStreamBytes - reported);
      reported = this.#responseStreamBytes;
    });
  }

  #gauge(metric: Metric, read: () => number): void {
    createGauge(metric, this.registry, (gauge) => gauge.set(read()));
  }

  #policyGauges() {
    return {
      valid: createGauge('policiesValid', this.registry),
      loadedAt: createGauge('policiesLoadedAt', this.registry),
      apis: createGauge('policiesApis', this.registry),
    };
  }

  #circuitGauge(): void {
    const names = new LabelValues(MAX_CIRCUITS);
    createGauge('circuits', this.registry, (gauge) => {
      gauge.reset();
      for (const { function: name, state } of this.#circuits?.() ?? []) {
        gauge.inc({ function: names.bound(name), state });
      }
    });
  }
}
