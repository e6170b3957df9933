import type { MetricSnapshot } from '../../observability/index.ts';
import { type Totals, totalsOf } from './totals.ts';

/** The interval of the kept samples and their number: one hour. */
const STEP_MS = 15_000;
const MAX_SAMPLES = 240;
/** The maximum age of numbers for a page. */
const FRESH_MS = 2_000;
/** How long the numbers of each function are kept. */
export const FUNCTION_WINDOW_MS = 300_000;
/** Sampling uses at most this fraction of the time, however many series there are. */
const SHARE = 1 / 200;
const MAX_PAUSE_MS = 60_000;

export interface TrafficOptions {
  /** Of all workers, summed. */
  readonly metrics: () => Promise<MetricSnapshot>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly onSample?: (sample: Totals) => void;
  readonly stepMs?: number;
}

/** The last hour: the metrics of every 15 seconds, reduced to the numbers that the page needs. */
export class TrafficHistory {
  readonly #options: TrafficOptions;
  readonly #now: () => number;
  readonly #stepMs: number;
  readonly #samples: Totals[] = [];
  /** Fresher than the last sample; not kept. */
  #latest: Totals | undefined;
  #taking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #nextAt = 0;

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#stepMs = options.stepMs ?? STEP_MS;
  }

  /** Takes samples until `stop`. */
  start(): void {
    const tick = (): void => {
      if (this.#now() >= this.#nextAt) void this.#take().catch(() => {});
    };
    tick();
    this.#timer ??= setInterval(tick, this.#stepMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Oldest first, the last one a moment old. Rejects if the metrics are not available. */
  async samples(): Promise<readonly Totals[]> {
    const age = this.#now() - (this.#latest?.at ?? 0);
    if (age >= FRESH_MS || age < 0) await this.#take();
    const latest = this.#latest;
    return latest === undefined || latest === this.#samples.at(-1) ? this.#samples : [...this.#samples, latest];
  }

  /** Concurrent requests share one. */
  #take(): Promise<void> {
    this.#taking ??= this.#sample().finally(() => {
      this.#taking = undefined;
    });
    return this.#taking;
  }

  async #sample(): Promise<void> {
    const begin = performance.now();
    const sample = totalsOf(await this.#options.metrics(), this.#now());
    this.#nextAt = sample.at + Math.min((performance.now() - begin) / SHARE, MAX_PAUSE_MS);
    this.#latest = sample;
    this.#options.onSample?.(sample);
    // The clock was set back: earlier samples can no longer be compared.
    if (sample.at < (this.#samples.at(-1)?.at ?? 0)) this.#samples.length = 0;
    const last = this.#samples.at(-1);
    // A timer fires a little early or late.
    if (last !== undefined && sample.at - last.at < this.#stepMs * 0.9) return;
    this.#samples.push(sample);
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
    this.#forgetFunctions(sample.at);
  }

  /** Of older samples only the sums stay: there may be hundreds of functions. */
  #forgetFunctions(now: number): void {
    for (const [i, old] of this.#samples.entries()) {
      if (now - old.at <= FUNCTION_WINDOW_MS + this.#stepMs) break;
      if (old.functions.length > 0) this.#samples[i] = { ...old, functions: [] };
    }
  }
}
