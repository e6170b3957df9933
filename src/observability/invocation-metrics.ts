import type { Registry } from 'prom-client';
import type { LabelValue } from './catalogue.ts';
import { createCounter, createHistogram } from './create-metric.ts';
import { LabelValues, OTHER } from './label-values.ts';
import { Tally } from './tally.ts';

export interface InvocationLabels {
  readonly api: string;
  readonly policy: string;
  readonly function: string;
  /**
   * `function_error` ran and failed, or its result is no answer in the step's format; `error` never gave a result;
   * `aborted`: the caller left.
   */
  readonly outcome: LabelValue<'invocations', 'outcome'>;
  /** The error key of the failure; empty when all went well. */
  readonly key: string;
  /** The service throttled the call: whose limit is reached. */
  readonly throttledBy?: LabelValue<'throttles', 'limit'> | undefined;
}

interface Series {
  count(): void;
  observe(seconds: number): void;
}

/** Of inline policies, which a route brings along: however many there are, they take nothing from those of the document. */
const INLINE = /^inline:/;

/** How many distinct values each label may have, and how many combinations there may be. */
class Bounds {
  readonly distinct: number;
  readonly series: number;
  readonly apis: LabelValues;
  readonly policies: LabelValues;
  readonly functions: LabelValues;
  readonly keys: LabelValues;
  readonly timed = new Set<string>();
  seriesCount = 0;

  constructor(distinct: number, series: number) {
    this.distinct = distinct;
    this.series = series;
    this.apis = new LabelValues(distinct);
    this.policies = new LabelValues(distinct);
    this.functions = new LabelValues(distinct);
    this.keys = new LabelValues(distinct);
  }
}

/** Counters and times of invocations, by bounded labels; what is over a bound counts under `other`. */
export class InvocationMetrics {
  readonly #counter;
  readonly #histogram;
  readonly #throttles;
  readonly #document = new Bounds(200, 2_000);
  readonly #inline = new Bounds(50, 500);
  // Maps in maps instead of one joined key: no string is built for a request.
  readonly #series = new Map<string, Map<string, Map<string, Map<string, Series>>>>();

  constructor(registry: Registry) {
    this.#counter = createCounter('invocations', registry);
    this.#histogram = createHistogram('invocationTime', registry);
    this.#throttles = new Tally('throttles', registry);
  }

  add(labels: InvocationLabels, seconds: number): void {
    const outcomeAndKey = labels.key === '' ? labels.outcome : `${labels.outcome} ${labels.key}`;
    const known = this.#series.get(labels.api)?.get(labels.policy)?.get(labels.function)?.get(outcomeAndKey);
    const series = known ?? this.#find(labels);
    series.count();
    series.observe(seconds);
    if (labels.throttledBy !== undefined) this.#throttles.add(labels.throttledBy);
  }

  #find(labels: InvocationLabels): Series {
    const bounds = INLINE.test(labels.api) ? this.#inline : this.#document;
    const api = bounds.apis.bound(labels.api);
    const bounded: InvocationLabels = {
      api: api === OTHER && bounds === this.#inline ? `inline:${OTHER}` : api,
      policy: bounds.policies.bound(labels.policy),
      function: bounds.functions.bound(labels.function),
      outcome: labels.outcome,
      key: bounds.keys.bound(labels.key),
    };
    if (bounds.seriesCount < bounds.series) return this.#seriesOf(bounded, bounds);
    const { outcome } = labels;
    return this.#seriesOf({ api: OTHER, policy: OTHER, function: OTHER, outcome, key: OTHER }, bounds);
  }

  #seriesOf(labels: InvocationLabels, bounds: Bounds): Series {
    const functions = child(child(child(this.#series, labels.api), labels.policy), labels.function);
    const outcomeAndKey = labels.key === '' ? labels.outcome : `${labels.outcome} ${labels.key}`;
    const known = functions.get(outcomeAndKey);
    if (known !== undefined) return known;
    const counter = this.#counter.labels({ ...labels });
    const histogram = this.#histogram.labels(timedLabels(labels, bounds));
    const series: Series = { count: () => counter.inc(), observe: (seconds) => histogram.observe(seconds) };
    functions.set(outcomeAndKey, series);
    bounds.seriesCount++;
    return series;
  }
}

/** A histogram is 17 lines for each pair of labels: it gets a tighter bound. */
function timedLabels(labels: InvocationLabels, { timed, distinct }: Bounds): { api: string; function: string } {
  const pair = JSON.stringify([labels.api, labels.function]);
  if (!timed.has(pair) && timed.size >= distinct) return { api: OTHER, function: OTHER };
  timed.add(pair);
  return { api: labels.api, function: labels.function };
}

function child<T>(parent: Map<string, Map<string, T>>, key: string): Map<string, T> {
  const known = parent.get(key);
  if (known !== undefined) return known;
  const created = new Map<string, T>();
  parent.set(key, created);
  return created;
}
