import type { Registry } from 'prom-client';
import { ApiNames } from './api-names.ts';
import { TimeHistogram, type TimeSeries } from './time-histogram.ts';

/** The sidecar's own time by API. */
export class ApiTimes {
  readonly #histogram: TimeHistogram<'sidecarTime'>;
  readonly #names = new ApiNames();
  readonly #series = new Map<string, TimeSeries>();

  constructor(registry: Registry) {
    this.#histogram = new TimeHistogram('sidecarTime', registry);
  }

  /** `traceId`: of a recorded trace. */
  observe(api: string, seconds: number, traceId?: string): void {
    (this.#series.get(api) ?? this.#find(api)).observe(seconds, traceId);
  }

  #find(api: string): TimeSeries {
    const name = this.#names.bound(api);
    const known = this.#series.get(name);
    if (known !== undefined) return known;
    const series = this.#histogram.series({ api: name });
    this.#series.set(name, series);
    return series;
  }
}
