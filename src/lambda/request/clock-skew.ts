import { LRUCache } from 'lru-cache';
import { type AnswerHeaders, header } from '../transport/answer.ts';
import type { SslOptions } from '../types.ts';
import { isTrusted } from './is-trusted.ts';
import type { Target } from './target.ts';

/** The SDK's threshold: less than that is no reason for the service to refuse a signature. */
const SKEW_MS = 240_000;

/** Endpoints may be made of a caller's data. */
const MAX_ENDPOINTS = 256;

/**
 * How far a service's clock is ahead of this machine's, learned from an answer that refused the time of a request. AWS's own
 * endpoints count as one; any other endpoint's time counts for that endpoint only, under the same trust.
 */
export class ClockSkew {
  #aws = 0;
  readonly #others = new LRUCache<string, number>({ max: MAX_ENDPOINTS });
  readonly #trusts = new WeakMap<SslOptions, number>();
  #trustCount = 0;

  offset(target: Target, ssl: SslOptions | undefined): number {
    if (isTrusted(target, ssl)) return this.#aws;
    return this.#others.size === 0 ? 0 : (this.#others.get(this.#key(target, ssl)) ?? 0);
  }

  /**
   * Learns from the Date of an answer to a request that was signed with the offset `used`; true when another try with the
   * new time is worthwhile, also where an answer to another request has taught it in between.
   */
  correct(target: Target, ssl: SslOptions | undefined, headers: AnswerHeaders, now: number, used: number): boolean {
    // A cache answered: its date is not the service's.
    if (header(headers, 'age') !== undefined) return false;
    const offset = Date.parse(header(headers, 'date') ?? '') - now;
    if (Number.isNaN(offset) || Math.abs(offset - used) < SKEW_MS) return false;
    if (isTrusted(target, ssl)) this.#aws = offset;
    else this.#others.set(this.#key(target, ssl), offset);
    return true;
  }

  #key({ origin }: Target, ssl: SslOptions | undefined): string {
    if (ssl === undefined) return origin;
    let id = this.#trusts.get(ssl);
    if (id === undefined) {
      this.#trustCount++;
      id = this.#trustCount;
      this.#trusts.set(ssl, id);
    }
    return `${origin} ${id}`;
  }
}
