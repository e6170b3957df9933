import { fail, run } from '../acts.ts';
import type { BodyHandling } from '../state.ts';
import { wholeBody } from './whole-body.ts';

/**
 * STREAMED, BUFFERED_PARTIAL and GRPC: an override turns them into BUFFERED, and each message has one reply. Where Envoy
 * ignored the override, what comes first is a part of the body.
 */
export const pieces: BodyHandling = {
  ...wholeBody,

  ask(exchange, side) {
    // Except for BUFFERED_PARTIAL, Envoy forwards the headers at their reply: changes by policies would be too late.
    const obstacle = exchange.filter?.overrideObstacle;
    const mode = exchange.filter?.[side.name];
    if (obstacle !== undefined && mode !== 'BUFFERED_PARTIAL') {
      const reason = `Envoy forwards headers before their body (${mode}), and ${obstacle} rules out mode_override`;
      fail(exchange, { kind: 'body-missing', reason }, side);
      return;
    }
    wholeBody.ask(exchange, side);
  },

  collect(exchange, side, bytes, end) {
    // BUFFERED leaves end_of_stream unset when trailers follow; so does a mode that sends a part.
    if (!end && side.expectedLength !== bytes.length) {
      const mode = exchange.filter?.[side.name];
      fail(exchange, { kind: 'body-missing', reason: `Envoy sent a part of the body (${mode})` }, side);
      return;
    }
    run(exchange, side, 'body', bytes);
  },
};
