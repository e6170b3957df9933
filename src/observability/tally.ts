import type { Registry } from 'prom-client';
import { type Label, type LabelValue, metricCatalogue } from './catalogue.ts';
import { createCounter } from './create-metric.ts';
import { LabelValues } from './label-values.ts';

interface Cell {
  readonly value: string;
  count: number;
  reported: number;
}

/** Counters with one label. */
type Tallied =
  | 'streams'
  | 'messages'
  | 'passThroughs'
  | 'immediateResponses'
  | 'bodiesUnavailable'
  | 'droppedEvents'
  | 'unattributedResponses'
  | 'violations'
  | 'limits'
  | 'refusedStreams'
  | 'refusedConnections'
  | 'reloads'
  | 'throttles'
  | 'responseStreamCuts'
  | 'collectedAnswers'
  | 'unexpectedErrors';

const DISTINCT_VALUES = 50;

/**
 * A counter with one label, for the hot path: an increment is one map lookup and one addition (15 ns against 300 ns
 * for prom-client's own), and prom-client is told when somebody scrapes. The values that the catalogue tells exist from
 * the start, with 0: a rate over a counter that is born with its first event misses it.
 */
export class Tally<M extends Tallied> {
  readonly #cells = new Map<string, Cell>();
  readonly #values = new LabelValues(DISTINCT_VALUES);

  constructor(metric: M, registry: Registry) {
    const [[label, values] = ['', null]] = Object.entries<readonly string[] | null>(metricCatalogue[metric].labels);
    for (const value of values ?? []) this.#cell(value);
    createCounter(metric, registry, (counter) => {
      for (const cell of this.#cells.values()) {
        counter.inc({ [label]: cell.value } as Partial<Record<Label<M>, string>>, cell.count - cell.reported);
        cell.reported = cell.count;
      }
    });
  }

  add(value: LabelValue<M, Label<M>> & string, count = 1): void {
    (this.#cells.get(value) ?? this.#cell(value)).count += count;
  }

  #cell(value: string): Cell {
    const bounded = this.#values.bound(value);
    const known = this.#cells.get(bounded);
    if (known !== undefined) return known;
    const cell: Cell = { value: bounded, count: 0, reported: 0 };
    this.#cells.set(bounded, cell);
    return cell;
  }
}
