import type { Part } from '../wire/index.ts';
import type { SideState } from './state.ts';

/**
 * The order of messages in one direction: headers, body, trailers, each of which may be missing (the filter's modes),
 * headers and trailers at most once, nothing after end_of_stream but trailers that were not announced. Undefined when the
 * message may come now, else the name of the violation.
 */
export function advance(side: Pick<SideState, 'progress'>, part: Part, end: boolean): string | undefined {
  if (side.progress === 'ended') return `${part}_after_end`;
  if (part === 'headers' && side.progress !== 'start') return 'headers_out_of_order';
  side.progress = end ? 'ended' : (part as 'headers' | 'body');
  return undefined;
}
