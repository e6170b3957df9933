import { type Gauge, Registry } from 'prom-client';
import { type CacheState, cacheMetrics, type StoreState, storeMetrics } from './cache-metrics.ts';
import type { LabelValue, Metric } from './catalogue.ts';
import { createCounter, createGauge, createHistogram } from './create-metric.ts';
import { type InvocationLabels, InvocationMetrics } from './invocation-metrics.ts';
import type { MetricSnapshot } from './metric-sum.ts';
import { registerProcessMetrics } from './process-metrics.ts';
import { Tally } from './tally.ts';

/** One set of credentials in use; times in milliseconds since the epoch. */
export interface CredentialState {
  /** Where they come from, e.g. `default` or the role's name. Never a key. */
  readonly source: string;
  /** There are valid ones. */
  readonly ok: boolean;
  readonly obtainedAt?: number | undefined;
  readonly expiresAt?: number | undefined;
  /** Used though they have expired. */
  readonly pastExpiry?: boolean | undefined;
}

/** Everything that one server process counts, in a registry of its own. docs/reference/metrics.md describes each. */
export class Metrics {
  readonly registry = new Registry();
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
  readonly #immediateResponses = new Tally('immediateResponses', this.registry);
  readonly #violations = new Tally('violations', this.registry);
  readonly #reloads = new Tally('reloads', this.registry);
  readonly #unexpectedErrors = new Tally('unexpectedErrors', this.registry);
  readonly #droppedLogLines = createCounter('droppedLogLines', this.registry);
  readonly #sidecarTime = createHistogram('sidecarTime', this.registry).labels({});
  readonly #responseStreamCuts = new Tally('responseStreamCuts', this.registry);
  readonly #collectedAnswers = new Tally('collectedAnswers', this.registry);
  readonly #responseStreamFirstByte = createHistogram('responseStreamFirstByte', this.registry).labels({});
  #responseStreams = 0;
  #responseStreamBytes = 0;
  #policies: { readonly valid: Gauge; readonly loadedAt: Gauge; readonly apis: Gauge } | undefined;
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
    this.#credentialGauges();
  }

  /** All values as data, to be summed with those of other processes. */
  async snapshot(): Promise<MetricSnapshot> {
    return (await this.registry.getMetricsAsJSON()) as MetricSnapshot;
  }

  /** Adds CPU, memory and event-loop lag of this process; until `stop`. Not for tests that only count. */
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

  /** All that began, since the process did. */
  get streamsBegun(): number {
    return this.#streamsBegun;
  }

  get streamsInFlight(): number {
    return this.#streamsInFlight;
  }

  message(phase: LabelValue<'messages', 'phase'>): void {
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

  /** A stream that went on untouched. */
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

  /** Streams that no service has had a message of. */
  streamsRefused(reason: LabelValue<'refusedStreams', 'reason'>, count: number): void {
    this.#refusedStreams.add(reason, count);
  }

  connectionRefused(reason: LabelValue<'refusedConnections', 'reason'>): void {
    this.#refusedConnections.add(reason);
  }

  /** SEND_TO_CONSUMER, or the error key. */
  immediateResponse(reason: string): void {
    this.#immediateResponses.add(reason);
  }

  protocolViolation(kind: string): void {
    this.#violations.add(kind);
  }

  /** An answer is sent while it arrives. */
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

  /** `cut`: why it did not come to its end. */
  responseStreamClosed(cut: LabelValue<'responseStreamCuts', 'reason'> | undefined): void {
    this.#responseStreams--;
    if (cut !== undefined) this.#responseStreamCuts.add(cut);
  }

  answerCollected(reason: LabelValue<'collectedAnswers', 'reason'>): void {
    this.#collectedAnswers.add(reason);
  }

  /** Asked at each scrape for the bytes of bodies held in memory. */
  observeBufferedBytes(bytes: () => number): void {
    this.#bufferedBytes = bytes;
  }

  /** An exception or rejection that no code expected; the process goes on. */
  unexpectedError(kind: LabelValue<'unexpectedErrors', 'kind'>): void {
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

  /** Asked at each scrape for the results that are kept. */
  observeCache(cache: CacheState): void {
    cacheMetrics(cache, this.registry);
  }

  /** Asked at each scrape for the store that processes share. */
  observeStore(store: StoreState): void {
    storeMetrics(store, this.registry);
  }

  /** For a supervisor: asked at each scrape for the state of its workers. */
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

  #credentialGauges(): void {
    const states = (): CredentialState[] => [...(this.#credentials?.() ?? [])].slice(0, 100);
    createGauge('credentialsAge', this.registry, (gauge) => {
      gauge.reset();
      for (const { source, obtainedAt } of states()) {
        if (obtainedAt !== undefined) gauge.set({ source }, Math.max(0, (Date.now() - obtainedAt) / 1000));
      }
    });
    createGauge('credentialsExpiry', this.registry, (gauge) => {
      gauge.reset();
      for (const { source, expiresAt } of states())
        if (expiresAt !== undefined) gauge.set({ source }, expiresAt / 1000);
    });
    createGauge('credentialsValid', this.registry, (gauge) => {
      gauge.reset();
      for (const { source, ok } of states()) gauge.set({ source }, ok ? 1 : 0);
    });
    createGauge('credentialsPastExpiry', this.registry, (gauge) => {
      gauge.reset();
      for (const { source, pastExpiry = false } of states()) gauge.set({ source }, pastExpiry ? 1 : 0);
    });
  }
}
