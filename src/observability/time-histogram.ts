import { Histogram, type Registry } from 'prom-client';
import { type Label, metricCatalogue } from './catalogue.ts';
import { metricOptions } from './create-metric.ts';
import { type Exemplar, exemplarOf } from './exemplar.ts';

type Values<M extends TimedMetric> = ReturnType<Histogram<Label<M>>['get']>;

export type TimedMetric = 'sidecarTime' | 'invocationTime' | 'responseStreamFirstByte';

/** One series of a histogram of times. */
export class TimeSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** The number of values in each bucket, not cumulative; the last one is for values over all bounds. */
  readonly counts: number[];
  /** The last exemplar of each bucket. */
  readonly exemplars: (Exemplar | undefined)[] = [];
  sum = 0;
  readonly #bounds: readonly number[];

  constructor(labels: Readonly<Record<string, string>>, bounds: readonly number[]) {
    this.labels = labels;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
    this.#bounds = bounds;
  }

  /** `traceId`: of a recorded trace. */
  observe(seconds: number, traceId?: string): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += seconds;
    if (traceId !== undefined) this.exemplars[bucket] = exemplarOf(traceId, seconds);
  }
}

/** A histogram for the hot path: see CellCounter. prom-client's own needs 700 ns for an observation. */
export class TimeHistogram<M extends TimedMetric> extends Histogram<Label<M>> {
  readonly #series: TimeSeries[] = [];
  readonly #metric: M;
  readonly #bounds: readonly number[];

  constructor(metric: M, registry: Registry) {
    const { buckets } = metricCatalogue[metric];
    super({ ...metricOptions(metric, registry), buckets: [...buckets] });
    this.#metric = metric;
    this.#bounds = buckets;
  }

  series(labels: Readonly<Record<Label<M>, string>>): TimeSeries {
    const series = new TimeSeries(labels, this.#bounds);
    this.#series.push(series);
    return series;
  }

  override async get(): Values<M> {
    const values = this.#series.flatMap((series) => this.#valuesOf(series));
    const { name, help } = metricCatalogue[this.#metric];
    // The library's declaration lacks `le`, and has an enum for the type.
    return { name, help, type: 'histogram', aggregator: 'sum', values } as unknown as Awaited<Values<M>>;
  }

  /** Called by prom-client when it writes text. */
  getForPromString(): Values<M> {
    return this.get();
  }

  #valuesOf({ labels, counts, sum, exemplars }: TimeSeries) {
    const { name } = metricCatalogue[this.#metric];
    let count = 0;
    const buckets = counts.map((inBucket, index) => {
      count += inBucket;
      const le = this.#bounds[index] ?? '+Inf';
      const exemplar = exemplars[index];
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count, exemplar };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels: { ...labels }, value: sum },
      { metricName: `${name}_count`, labels: { ...labels }, value: count },
    ];
  }
}
