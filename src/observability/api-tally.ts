import type { Registry } from 'prom-client';
import { ApiNames } from './api-names.ts';
import { type Label, type LabelValue, metricCatalogue } from './catalogue.ts';
import { type Cell, CellCounter } from './cell-counter.ts';
import { LabelValues, OTHER } from './label-values.ts';

type TalliedByApi = 'immediateResponses' | 'failures';
type Second<M extends TalliedByApi> = Exclude<Label<M>, 'api'>;

const DISTINCT_VALUES = 50;
const MAX_SERIES = 2_000;

/** A counter by API and one more label. */
export class ApiTally<M extends TalliedByApi> {
  readonly #counter: CellCounter<M>;
  readonly #label: string;
  readonly #apis = new ApiNames();
  readonly #values = new LabelValues(DISTINCT_VALUES);
  readonly #cells = new Map<string, Map<string, Cell>>();
  #count = 0;

  constructor(metric: M, registry: Registry) {
    this.#counter = new CellCounter(metric, registry);
    this.#label = Object.keys(metricCatalogue[metric].labels).find((label) => label !== 'api') ?? '';
  }

  /** `traceId`: of a recorded trace. */
  add(api: string, value: LabelValue<M, Second<M>> & string, traceId?: string): void {
    (this.#cells.get(api)?.get(value) ?? this.#cell(api, value)).add(1, traceId);
  }

  #cell(api: string, value: string): Cell {
    const isRoom = this.#count < MAX_SERIES;
    const name = isRoom ? this.#apis.bound(api) : OTHER;
    const bounded = this.#values.bound(value);
    let cells = this.#cells.get(name);
    if (cells === undefined) {
      cells = new Map();
      this.#cells.set(name, cells);
    }
    const known = cells.get(bounded);
    if (known !== undefined) return known;
    const cell = this.#counter.cell({ api: name, [this.#label]: bounded } as Readonly<Record<Label<M>, string>>);
    cells.set(bounded, cell);
    this.#count++;
    return cell;
  }
}
