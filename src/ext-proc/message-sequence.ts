export type Part = 'headers' | 'body' | 'trailers';

/**
 * The order of messages in one direction: headers, body, trailers, each of which may be missing (the filter's modes),
 * headers and trailers at most once, nothing after end_of_stream but trailers that were not announced.
 */
export class MessageSequence {
  #state: 'start' | 'headers' | 'body' | 'ended' = 'start';

  /** Undefined when the message may come now, else the name of the violation. */
  accept(part: Part, endOfStream: boolean): string | undefined {
    if (this.#state === 'ended') return `${part}_after_end`;
    if (part === 'headers' && this.#state !== 'start') return 'headers_out_of_order';
    this.#state = part === 'trailers' || endOfStream ? 'ended' : part;
    return undefined;
  }
}
