import type { Registry } from 'prom-client';
import { type Label, type LabelValue, metricCatalogue } from './catalogue.ts';
import { type Cell, CellCounter } from './cell-counter.ts';
import { LabelValues } from './label-values.ts';

/** Counters with one label. */
type Tallied =
  | 'streams'
  | 'messages'
  | 'passThroughs'
  | 'bodiesUnavailable'
  | 'droppedEvents'
  | 'unattributedResponses'
  | 'violations'
  | 'limits'
  | 'refusedStreams'
  | 'refusedConnections'
  | 'reloads'
  | 'throttles'
  | 'circuitOpenings'
  | 'responseStreamCuts'
  | 'collectedAnswers'
  | 'unexpectedErrors'
  | 'traceSpans';

const DISTINCT_VALUES = 50;

/**
 * A counter with one label. The values in the catalogue exist from the start, with 0: a rate over a counter that is created by
 * its first event misses that event.
 */
export class Tally<M extends Tallied> {
  readonly #counter: CellCounter<M>;
  readonly #label: string;
  readonly #cells = new Map<string, Cell>();
  readonly #values = new LabelValues(DISTINCT_VALUES);

  constructor(metric: M, registry: Registry) {
    this.#counter = new CellCounter(metric, registry);
    const [[label, values] = ['', null]] = Object.entries<readonly string[] | null>(metricCatalogue[metric].labels);
    this.#label = label;
    for (const value of values ?? []) this.#cell(value);
  }

  add(value: LabelValue<M, Label<M>> & string, count = 1): void {
    (this.#cells.get(value) ?? this.#cell(value)).add(count);
  }

  #cell(value: string): Cell {
    const bounded = this.#values.bound(value);
    const known = this.#cells.get(bounded);
    if (known !== undefined) return known;
    const cell = this.#counter.cell({ [this.#label]: bounded } as Readonly<Record<Label<M>, string>>);
    this.#cells.set(bounded, cell);
    return cell;
  }
}
