import type { Registry } from 'prom-client';
import type { LabelValue } from './catalogue.ts';
import { createCounter } from './create-metric.ts';
import { Tally } from './tally.ts';

/** Metrics of traces. */
export class TraceMetrics {
  readonly #spans: Tally<'traceSpans'>;
  readonly #limited: ReturnType<typeof createCounter>;

  constructor(registry: Registry) {
    this.#spans = new Tally('traceSpans', registry);
    this.#limited = createCounter('limitedTraces', registry);
  }

  spans(outcome: LabelValue<'traceSpans', 'outcome'>, count: number): void {
    this.#spans.add(outcome, count);
  }

  /** A stream was selected but is not recorded. */
  traceLimited(): void {
    this.#limited.inc();
  }
}
