import type { Gauge, Registry } from 'prom-client';
import { ApiNames, isInline } from './api-names.ts';
import type { LabelValue } from './catalogue.ts';
import { type Cell, CellCounter } from './cell-counter.ts';
import { createGauge } from './create-metric.ts';
import type { InvocationFailureKind } from './failure-kinds.ts';
import { LabelValues, OTHER } from './label-values.ts';
import { Tally } from './tally.ts';
import { TimeHistogram, type TimeSeries } from './time-histogram.ts';

export interface InvocationLabels {
  readonly api: string;
  readonly policy: string;
  readonly function: string;
}

/** How an invocation ended. */
export interface InvocationEnd {
  /**
   * `function_error`: it ran and failed, or its result is not valid in the step's format; `error`: there was no result;
   * `aborted`: the caller left.
   */
  readonly outcome: LabelValue<'invocations', 'outcome'>;
  /** Empty after a success. */
  readonly kind: InvocationFailureKind | '';
  /** The error key of the failure; empty after a success. */
  readonly key: string;
  /** Requests, whether or not they could be sent. */
  readonly attempts: number;
  /** Kinds of the failures that were retried; absent: none. */
  readonly retried?: readonly InvocationFailureKind[] | undefined;
  /** If the service throttled the call: the limit that was reached. */
  readonly throttledBy?: LabelValue<'throttles', 'limit'> | undefined;
  readonly seconds: number;
  /** Of a recorded trace. */
  readonly traceId?: string | undefined;
}

/** A running invocation. Exactly one of the two is called, once. */
export interface OpenInvocation {
  end(end: InvocationEnd): void;
  /** It was never made, or its outcome is not known. */
  drop(): void;
}

/** The maximum number of distinct values of each label, and of combinations. */
class Bounds {
  readonly distinct: number;
  readonly series: number;
  readonly policies: LabelValues;
  readonly functions: LabelValues;
  readonly keys: LabelValues;
  policySeries = 0;
  cells = 0;
  timed = 0;

  constructor(distinct: number, series: number) {
    this.distinct = distinct;
    this.series = series;
    this.policies = new LabelValues(distinct);
    this.functions = new LabelValues(distinct);
    this.keys = new LabelValues(distinct);
  }
}

/** Counters of an API and a function. */
interface FunctionSeries {
  readonly labels: { readonly api: string; readonly function: string };
  inFlight: number;
  readonly time: TimeSeries;
  readonly attempts: Cell;
  readonly retries: Map<string, Cell>;
  readonly refused: Map<string, Cell>;
}

/** Counters of one of its policies. */
interface PolicySeries {
  readonly labels: InvocationLabels;
  readonly bounds: Bounds;
  readonly ofFunction: FunctionSeries;
  ok: Cell | undefined;
  readonly others: Map<string, Cell>;
}

const REFUSALS: ReadonlySet<string> = new Set([
  'concurrency_limit',
  'circuit_open',
  'session_limit',
] as const satisfies readonly LabelValue<'refusedInvocations', 'reason'>[]);

/** One for each invocation: cheaper than two closures. */
class Running implements OpenInvocation {
  readonly #metrics: InvocationMetrics;
  readonly #series: PolicySeries;

  constructor(metrics: InvocationMetrics, series: PolicySeries) {
    this.#metrics = metrics;
    this.#series = series;
  }

  end(end: InvocationEnd): void {
    this.#metrics.end(this.#series, end);
  }

  drop(): void {
    this.#series.ofFunction.inFlight--;
  }
}

/** Counters and times of invocations. The number of label values is limited; further ones count as `other`. */
export class InvocationMetrics {
  readonly #counter: CellCounter<'invocations'>;
  readonly #times: TimeHistogram<'invocationTime'>;
  readonly #attempts: CellCounter<'attempts'>;
  readonly #retries: CellCounter<'retries'>;
  readonly #refused: CellCounter<'refusedInvocations'>;
  readonly #throttles: Tally<'throttles'>;
  readonly #apis = new ApiNames();
  readonly #document = new Bounds(200, 2_000);
  readonly #inline = new Bounds(50, 500);
  // Maps in maps instead of one joined key: no string is built for a request.
  readonly #series = new Map<string, Map<string, Map<string, PolicySeries>>>();
  readonly #functions = new Map<string, Map<string, FunctionSeries>>();

  constructor(registry: Registry) {
    this.#counter = new CellCounter('invocations', registry);
    this.#times = new TimeHistogram('invocationTime', registry);
    createGauge('invocationsInFlight', registry, (gauge) => this.#setInFlight(gauge));
    this.#attempts = new CellCounter('attempts', registry);
    this.#retries = new CellCounter('retries', registry);
    this.#refused = new CellCounter('refusedInvocations', registry);
    this.#throttles = new Tally('throttles', registry);
  }

  begin(labels: InvocationLabels): OpenInvocation {
    const known = this.#series.get(labels.api)?.get(labels.policy)?.get(labels.function);
    const series = known ?? this.#find(labels);
    series.ofFunction.inFlight++;
    return new Running(this, series);
  }

  /** Called by the object that `begin` returned. */
  end(series: PolicySeries, { outcome, kind, key, attempts, retried, throttledBy, seconds, traceId }: InvocationEnd) {
    const { ofFunction } = series;
    const isOk = outcome === 'ok';
    const cell = isOk && series.ok !== undefined ? series.ok : this.#cellOf(series, outcome, kind, key);
    cell.add(1, isOk ? undefined : traceId);
    ofFunction.inFlight--;
    ofFunction.time.observe(seconds, traceId);
    ofFunction.attempts.add(attempts);
    for (const before of retried ?? []) child(ofFunction.retries, before, () => this.#retry(ofFunction, before)).add(1);
    if (REFUSALS.has(kind)) child(ofFunction.refused, kind, () => this.#refusal(ofFunction, kind)).add(1);
    if (throttledBy !== undefined) this.#throttles.add(throttledBy);
  }

  #cellOf(series: PolicySeries, outcome: InvocationEnd['outcome'], kind: string, key: string): Cell {
    if (outcome === 'ok') {
      series.ok = this.#newCell(series, outcome, kind, key);
      return series.ok;
    }
    return child(series.others, `${outcome} ${kind} ${key}`, () => this.#newCell(series, outcome, kind, key));
  }

  #newCell(series: PolicySeries, outcome: string, kind: string, key: string): Cell {
    const { bounds } = series;
    if (bounds.cells < bounds.series || series.labels.function === OTHER) {
      bounds.cells++;
      return this.#counter.cell({ ...series.labels, outcome, kind, key: bounds.keys.bound(key) });
    }
    const other = this.#seriesOf({ api: OTHER, policy: OTHER, function: OTHER }, bounds);
    const found = child(other.others, `${outcome} ${kind}`, () =>
      this.#counter.cell({ ...other.labels, outcome, kind, key: OTHER }),
    );
    return found;
  }

  #find(labels: InvocationLabels): PolicySeries {
    const bounds = isInline(labels.api) ? this.#inline : this.#document;
    const bounded: InvocationLabels = {
      api: this.#apis.bound(labels.api),
      policy: bounds.policies.bound(labels.policy),
      function: bounds.functions.bound(labels.function),
    };
    const known = this.#series.get(bounded.api)?.get(bounded.policy)?.get(bounded.function);
    if (known !== undefined) return known;
    if (bounds.policySeries < bounds.series) return this.#seriesOf(bounded, bounds);
    return this.#seriesOf({ api: OTHER, policy: OTHER, function: OTHER }, bounds);
  }

  #seriesOf(labels: InvocationLabels, bounds: Bounds): PolicySeries {
    const ofApi = child(this.#series, labels.api, () => new Map<string, Map<string, PolicySeries>>());
    const ofPolicy = child(ofApi, labels.policy, () => new Map<string, PolicySeries>());
    return child(ofPolicy, labels.function, () => {
      bounds.policySeries++;
      const ofFunction = this.#functionSeries(labels, bounds);
      return { labels, bounds, ofFunction, ok: undefined, others: new Map<string, Cell>() };
    });
  }

  /** A histogram has 17 lines for each pair of labels, so its limit is lower. */
  #functionSeries({ api, function: name }: InvocationLabels, bounds: Bounds): FunctionSeries {
    const known = this.#functions.get(api)?.get(name);
    if (known !== undefined) return known;
    if (bounds.timed >= bounds.distinct && api !== OTHER) {
      return this.#functionSeries({ api: OTHER, policy: OTHER, function: OTHER }, bounds);
    }
    bounds.timed++;
    const labels = { api, function: name };
    const series: FunctionSeries = {
      labels,
      inFlight: 0,
      time: this.#times.series(labels),
      attempts: this.#attempts.cell(labels),
      retries: new Map(),
      refused: new Map(),
    };
    child(this.#functions, api, () => new Map<string, FunctionSeries>()).set(name, series);
    return series;
  }

  #retry({ labels }: FunctionSeries, kind: string): Cell {
    return this.#retries.cell({ ...labels, kind });
  }

  #refusal({ labels }: FunctionSeries, reason: string): Cell {
    return this.#refused.cell({ ...labels, reason });
  }

  #setInFlight(gauge: Gauge<'api' | 'function'>): void {
    for (const series of this.#functions.values()) {
      for (const { labels, inFlight } of series.values()) gauge.set(labels, inFlight);
    }
  }
}

function child<K, T>(parent: Map<K, T>, key: K, create: () => T): T {
  const known = parent.get(key);
  if (known !== undefined) return known;
  const created = create();
  parent.set(key, created);
  return created;
}
