import { fail, run, say } from '../acts.ts';
import { noteLostBody } from '../body-messages.ts';
import { goOn } from '../effect.ts';
import { modeOverride } from '../processing-mode.ts';
import type { BodyHandling } from '../state.ts';

/**
 * BUFFERED, and NONE, which an override turns into it: the body is one message with one reply, and changes to headers may
 * still go along with it.
 */
export const wholeBody: BodyHandling = {
  timed: true,
  holdsHeaders: false,
  needsPiece: false,

  ask(exchange, side) {
    const modes = modeOverride(exchange, side, 'BUFFERED');
    if (modes === undefined && exchange.filter?.[side.name] === 'NONE') {
      const reason = `its body mode is NONE, and ${exchange.filter.overrideObstacle} rules out mode_override`;
      fail(exchange, { kind: 'body-missing', reason }, side);
      return;
    }
    exchange.effects.push({ kind: 'await-body', side: side.name });
    say(exchange, { kind: 'headers', side: side.name, mutation: undefined, body: undefined, modes });
  },

  /** Without end_of_stream it is whole too, if trailers follow. */
  collect(exchange, side, bytes) {
    run(exchange, side, 'body', bytes);
  },

  collectTrailers(exchange, side) {
    const reason = 'trailers arrived but no body';
    if (side.name === 'response') {
      fail(exchange, { kind: 'body-missing', reason }, side);
      return;
    }
    noteLostBody(exchange, side);
    fail(exchange, { kind: 'body-refused', side: 'request', reason }, side);
  },

  settle(exchange, side) {
    const mutation = exchange.inputs.mutation(side.name);
    if (side.answers !== 'headers') {
      say(exchange, { kind: 'body', side: side.name, mutation });
      return;
    }
    // A new body is sent with the headers' reply: Envoy then sends none.
    const modes = modeOverride(exchange, side, 'NONE');
    say(exchange, { kind: 'headers', side: side.name, mutation, body: mutation.body, modes });
  },

  pass(exchange, side) {
    say(exchange, goOn[side.name].body);
  },

  passTrailers(exchange, side) {
    say(exchange, goOn[side.name].trailers);
  },
};
