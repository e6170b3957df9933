import { fail, run } from '../acts.ts';
import type { BodyHandling } from '../state.ts';
import { wholeBody } from './whole-body.ts';

/**
 * STREAMED, BUFFERED_PARTIAL and GRPC: an override turns them into BUFFERED, and each message has one reply. Where Envoy
 * ignored the override, what comes first is a part of the body.
 */
export const pieces: BodyHandling = {
  ...wholeBody,

  collect(exchange, side, bytes, end) {
    // BUFFERED leaves end_of_stream unset when trailers follow; so does a mode that sends a part.
    if (!end && side.expectedLength !== bytes.length) {
      const mode = exchange.filter?.[side.name];
      fail(exchange, { kind: 'body-missing', reason: `Envoy sent a part of the body (${mode})` });
      return;
    }
    run(exchange, side, 'body', bytes);
  },
};
