import type { InvocationFailure } from '../invocation-failures.ts';
import { startTimer } from '../timer.ts';
import type { StreamingTimes } from '../types.ts';

/** A stream's deadlines after its first chunk: for each wait of a reader, and in total. One timer, as in ExchangeDeadlines. */
export class StreamDeadlines {
  readonly #times: StreamingTimes;
  readonly #expired: (failure: InvocationFailure, message: string) => void;
  readonly #end: number;
  #waitingSince: number | undefined;
  #cancel: () => void;

  constructor(times: StreamingTimes, expired: (failure: InvocationFailure, message: string) => void) {
    this.#times = times;
    this.#expired = expired;
    this.#end = performance.now() + times.totalTimeoutMs;
    this.#cancel = this.#arm(Math.min(times.idleTimeoutMs, times.totalTimeoutMs));
  }

  /** The reader waits for what comes next. */
  wait(): void {
    this.#waitingSince = performance.now();
  }

  /** It has come. */
  arrived(): void {
    this.#waitingSince = undefined;
  }

  stop(): void {
    this.#cancel();
  }

  #check(): void {
    const { idleTimeoutMs, totalTimeoutMs } = this.#times;
    const now = performance.now();
    const idleEnd = (this.#waitingSince ?? now) + idleTimeoutMs;
    if (now >= this.#end)
      this.#expired('stream-too-long', `the stream took longer than totalTimeoutMs (${totalTimeoutMs} ms)`);
    else if (now >= idleEnd)
      this.#expired('stream-idle', `no more data arrived within idleTimeoutMs (${idleTimeoutMs} ms)`);
    else this.#cancel = this.#arm(Math.min(this.#end, idleEnd) - now);
  }

  #arm(milliseconds: number): () => void {
    return startTimer(Math.ceil(milliseconds), () => this.#check());
  }
}
