import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { describeError, type Logger } from '../observability/index.ts';
import type { TracingObserver } from './span.ts';

/** Often enough to be found in the log of the last hour, rarely enough for a receiver that is down for a day. */
const AGAIN_MS = 600_000;
const MAX_REASON = 256;

/** Counts the spans that an exporter has sent or lost, and logs when it begins to fail and when it works again. */
export class WatchedExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #observer: TracingObserver;
  readonly #logger: Logger;
  readonly #now: () => number;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #failing = false;
  #lost = 0;

  constructor(exporter: SpanExporter, observer: TracingObserver, logger: Logger, now: () => number = Date.now) {
    this.#exporter = exporter;
    this.#observer = observer;
    this.#logger = logger;
    this.#now = now;
  }

  export(spans: ReadableSpan[], resultCallback: (result: ExportResult) => void): void {
    this.#exporter.export(spans, (result) => {
      if (result.code === ExportResultCode.SUCCESS) this.#succeeded(spans.length);
      else this.#failed(spans.length, result.error);
      // Otherwise the batch processor would log each failure.
      resultCallback({ code: ExportResultCode.SUCCESS });
    });
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    await this.#exporter.shutdown();
  }

  #succeeded(count: number): void {
    this.#observer.spans('exported', count);
    if (!this.#failing) return;
    this.#failing = false;
    this.#logger.info({ lost: this.#lost }, 'traces are exported again');
    this.#lost = 0;
    this.#loggedAt = Number.NEGATIVE_INFINITY;
  }

  #failed(count: number, error: Error | undefined): void {
    this.#observer.spans('failed', count);
    this.#failing = true;
    this.#lost += count;
    const now = this.#now();
    if (now - this.#loggedAt < AGAIN_MS) return;
    this.#loggedAt = now;
    const reason = describeError(error ?? new Error('the receiver gave no reason')).slice(0, MAX_REASON);
    this.#logger.warn({ reason, lost: this.#lost }, 'traces cannot be exported; requests are not affected');
  }
}
