import { LRUCache } from 'lru-cache';
import { type AnswerHeaders, header } from '../transport/answer.ts';

/** The SDK's threshold: less than that is no reason for the service to refuse a signature. */
const SKEW_MS = 240_000;

/** How far the service's clock is ahead of this machine's, learned from an answer that refused the time of a request. */
export class ClockSkew {
  readonly #offsets = new LRUCache<string, number>({ max: 256 });

  offset(host: string): number {
    return this.#offsets.size === 0 ? 0 : (this.#offsets.get(host) ?? 0);
  }

  /**
   * Learns from the Date of an answer to a request that was signed with the offset `used`; true when another try with the
   * new time is worthwhile, also where an answer to another request has taught it in between.
   */
  correct(host: string, headers: AnswerHeaders, now: number, used: number): boolean {
    // A cache answered: its date is not the service's.
    if (header(headers, 'age') !== undefined) return false;
    const offset = Date.parse(header(headers, 'date') ?? '') - now;
    if (Number.isNaN(offset) || Math.abs(offset - used) < SKEW_MS) return false;
    this.#offsets.set(host, offset);
    return true;
  }
}
