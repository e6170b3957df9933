import { Counter, type Registry } from 'prom-client';
import type { Label, Metric } from './catalogue.ts';
import { metricOptions } from './create-metric.ts';
import { type Exemplar, exemplarOf } from './exemplar.ts';

/** One series of a counter. */
export class Cell<L extends string = string> {
  readonly labels: Partial<Record<L, string>>;
  value = 0;
  exemplar: Exemplar | undefined;

  constructor(labels: Partial<Record<L, string>>) {
    this.labels = labels;
  }

  /** `traceId`: of a recorded trace. */
  add(count: number, traceId?: string): void {
    this.value += count;
    if (traceId !== undefined) this.exemplar = exemplarOf(traceId, count);
  }
}

/**
 * A counter for the hot path: an increment is an addition (15 ns with the lookup, against 300 ns for prom-client's own), and the
 * series are read at each scrape.
 */
export class CellCounter<M extends Metric> extends Counter<Label<M>> {
  readonly #cells: Cell<Label<M>>[] = [];

  constructor(metric: M, registry: Registry) {
    super(metricOptions(metric, registry));
  }

  /** A new series, with 0. */
  cell(labels: Partial<Record<Label<M>, string>>): Cell<Label<M>> {
    const cell = new Cell(labels);
    this.#cells.push(cell);
    return cell;
  }

  override async get(): ReturnType<Counter<Label<M>>['get']> {
    const values = this.#cells.map(({ labels, value, exemplar }) => ({ labels: { ...labels }, value, exemplar }));
    return { ...(await super.get()), values };
  }
}
