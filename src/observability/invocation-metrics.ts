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

const DISTINCT_VALUES = 200;
const SERIES = 2_000;

/** Counters and times of invocations, by bounded labels; what is over a bound counts under `other`. */
export class InvocationMetrics {
  readonly #counter;
  readonly #histogram;
  readonly #throttles;
  readonly #apis = new LabelValues(DISTINCT_VALUES);
  readonly #policies = new LabelValues(DISTINCT_VALUES);
  readonly #functions = new LabelValues(DISTINCT_VALUES);
  readonly #keys = new LabelValues(DISTINCT_VALUES);
  readonly #timed = new Set<string>();
  // Maps in maps instead of one joined key: no string is built for a request.
  readonly #series = new Map<string, Map<string, Map<string, Map<string, Series>>>>();
  #seriesCount = 0;

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
    const bounded: InvocationLabels = {
      api: this.#apis.bound(labels.api),
      policy: this.#policies.bound(labels.policy),
      function: this.#functions.bound(labels.function),
      outcome: labels.outcome,
      key: this.#keys.bound(labels.key),
    };
    if (this.#seriesCount >= SERIES) {
      return this.#seriesOf({ api: OTHER, policy: OTHER, function: OTHER, outcome: labels.outcome, key: OTHER });
    }
    return this.#seriesOf(bounded);
  }

  #seriesOf(labels: InvocationLabels): Series {
    const functions = child(child(child(this.#series, labels.api), labels.policy), labels.function);
    const outcomeAndKey = labels.key === '' ? labels.outcome : `${labels.outcome} ${labels.key}`;
    const known = functions.get(outcomeAndKey);
    if (known !== undefined) return known;
    const counter = this.#counter.labels({ ...labels });
    const histogram = this.#histogram.labels(this.#timedLabels(labels));
    const series: Series = { count: () => counter.inc(), observe: (seconds) => histogram.observe(seconds) };
    functions.set(outcomeAndKey, series);
    this.#seriesCount++;
    return series;
  }

  /** A histogram is 17 lines for each pair of labels: it gets a tighter bound. */
  #timedLabels(labels: InvocationLabels): { api: string; function: string } {
    const pair = JSON.stringify([labels.api, labels.function]);
    if (!this.#timed.has(pair) && this.#timed.size >= DISTINCT_VALUES) return { api: OTHER, function: OTHER };
    this.#timed.add(pair);
    return { api: labels.api, function: labels.function };
  }
}

function child<T>(parent: Map<string, Map<string, T>>, key: string): Map<string, T> {
  const known = parent.get(key);
  if (known !== undefined) return known;
  const created = new Map<string, T>();
  parent.set(key, created);
  return created;
}
