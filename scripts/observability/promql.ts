// Builds Prometheus expressions from the metrics' catalogue: a metric, label or value that is not in the catalogue does not compile.
import { type LabelValue, metricCatalogue } from '../../src/observability/index.ts';

type Catalogue = typeof metricCatalogue;
export type Metric = keyof Catalogue;
type Label<M extends Metric> = keyof Catalogue[M]['labels'] & string;
/** Prometheus adds the labels of its target to each series. */
type TargetLabel = 'job' | 'instance';
export type By<M extends Metric> = readonly (Label<M> | TargetLabel)[];

/** One value, one of several, none of several, or the value of a dashboard variable. */
type Match<V> = V | readonly V[] | { readonly not: readonly V[] } | { readonly variable: string };
export type Matches<M extends Metric> = { readonly [L in Label<M>]?: Match<LabelValue<M, L> & string> };

/** Suffix of a histogram's series. */
type Part = '' | '_bucket' | '_sum' | '_count';

export interface Query<M extends Metric> {
  readonly match?: Matches<M>;
  readonly by?: By<M>;
  readonly part?: Part;
}

/** Creates expressions whose selectors all have the matchers of `scope`. `window` is the default window of rates. */
export class Promql {
  readonly #scope: readonly string[];
  readonly #window: string;

  constructor(scope: readonly string[], window: string) {
    this.#scope = scope;
    this.#window = window;
  }

  /** The same with another window. */
  over(window: string): Promql {
    return new Promql(this.#scope, window);
  }

  select<M extends Metric>(metric: M, { match, part = '' }: Query<M> = {}): string {
    const matchers = Object.entries<Match<string> | undefined>(match ?? {}).flatMap(([label, wanted]) =>
      wanted === undefined ? [] : [matcher(label, wanted)],
    );
    const all = [...this.#scope, ...matchers].join(', ');
    return `${metricCatalogue[metric].name}${part}${all === '' ? '' : `{${all}}`}`;
  }

  /** The sum of a gauge, by labels. */
  sum<M extends Metric>(metric: M, query: Query<M> = {}): string {
    return `sum${grouping(query.by)}(${this.select(metric, query)})`;
  }

  max<M extends Metric>(metric: M, query: Query<M> = {}): string {
    return `max${grouping(query.by)}(${this.select(metric, query)})`;
  }

  min<M extends Metric>(metric: M, query: Query<M> = {}): string {
    return `min${grouping(query.by)}(${this.select(metric, query)})`;
  }

  /** A counter's rate per second. */
  rate<M extends Metric>(metric: M, query: Query<M> = {}): string {
    return `sum${grouping(query.by)}(rate(${this.select(metric, query)}[${this.#window}]))`;
  }

  increase<M extends Metric>(metric: M, query: Query<M> = {}): string {
    return `sum${grouping(query.by)}(increase(${this.select(metric, query)}[${this.#window}]))`;
  }

  /**
   * The number of events in the window, for series that had any. A series that begins with its first event has no increase, so a new series
   * also counts.
   */
  happened<M extends Metric>(metric: M, query: Query<M> = {}): string {
    const series = this.select(metric, query);
    const grown = `increase(${series}[${this.#window}]) > 0`;
    const born = `(${series} unless ${series} offset ${this.#window}) > 0`;
    return `sum${grouping(query.by)}(${grown} or ${born})`;
  }

  /** A histogram's quantile. */
  quantile<M extends Metric>(quantile: number, metric: M, { match, by = [] }: Omit<Query<M>, 'part'> = {}): string {
    const buckets = this.select(metric, { ...(match && { match }), part: '_bucket' });
    return `histogram_quantile(${quantile}, sum by (${['le', ...by].join(', ')}) (rate(${buckets}[${this.#window}])))`;
  }
}

function grouping(by: readonly string[] | undefined): string {
  return by === undefined || by.length === 0 ? ' ' : ` by (${by.join(', ')}) `;
}

function matcher(label: string, wanted: Match<string>): string {
  if (typeof wanted === 'string') return `${label}="${wanted}"`;
  if ('variable' in wanted) return `${label}=~"$${wanted.variable}"`;
  const [operator, values] = 'not' in wanted ? (['!', wanted.not] as const) : (['=', wanted] as const);
  if (values.length === 1) return `${label}${operator === '!' ? '!=' : '='}"${values[0]}"`;
  return `${label}${operator}~"${values.join('|')}"`;
}

/** The catalogue's text for the metric. */
export function helpOf(metric: Metric): string {
  return metricCatalogue[metric].help;
}
