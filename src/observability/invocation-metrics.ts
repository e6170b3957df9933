import { Counter, Histogram, type Registry } from 'prom-client';
import { LabelValues, OTHER } from './label-values.ts';

/** How one invocation ended: `function_error` ran and failed, `error` never gave a result, `aborted`: the caller left. */
export type InvocationOutcome = 'ok' | 'function_error' | 'error' | 'aborted';

export interface InvocationLabels {
  readonly api: string;
  readonly policy: string;
  readonly function: string;
  readonly outcome: InvocationOutcome;
  /** The error key, or the kind of failure; empty when all went well. */
  readonly key: string;
}

interface Series {
  count(): void;
  observe(seconds: number): void;
}

const LABELS = ['api', 'policy', 'function', 'outcome', 'key'] as const;
const DISTINCT_VALUES = 200;
const SERIES = 2_000;

/** Counters and times of invocations, by bounded labels; what is over a bound counts under `other`. */
export class InvocationMetrics {
  readonly #counter: Counter<(typeof LABELS)[number]>;
  readonly #histogram: Histogram<'api' | 'function'>;
  readonly #apis = new LabelValues(DISTINCT_VALUES);
  readonly #policies = new LabelValues(DISTINCT_VALUES);
  readonly #functions = new LabelValues(DISTINCT_VALUES);
  readonly #keys = new LabelValues(DISTINCT_VALUES);
  readonly #timed = new Set<string>();
  // Maps in maps instead of one joined key: no string is built for a request.
  readonly #series = new Map<string, Map<string, Map<string, Map<string, Series>>>>();
  #seriesCount = 0;

  constructor(registry: Registry) {
    this.#counter = new Counter({
      name: 'lambda_ext_proc_invocations_total',
      help: 'Invocations of Lambda functions, by API, policy, function, outcome and error key.',
      labelNames: LABELS,
      registers: [registry],
    });
    this.#histogram = new Histogram({
      name: 'lambda_ext_proc_invocation_duration_seconds',
      help: 'Time from handing an invocation to the Lambda client to its result, attempts and credentials included.',
      labelNames: ['api', 'function'],
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60],
      registers: [registry],
    });
  }

  add(labels: InvocationLabels, seconds: number): void {
    const outcomeAndKey = labels.key === '' ? labels.outcome : `${labels.outcome} ${labels.key}`;
    const known = this.#series.get(labels.api)?.get(labels.policy)?.get(labels.function)?.get(outcomeAndKey);
    const series = known ?? this.#find(labels);
    series.count();
    series.observe(seconds);
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
    this.#seriesCount += 1;
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
