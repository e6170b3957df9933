import assert from 'node:assert/strict';
import {
  type BodyPlan,
  createExchange,
  type Effect,
  type Event,
  type Exchange,
  type Inputs,
  next,
  type RequestPlan,
  type ToldModes,
} from '../../../../src/ext-proc/exchange/index.ts';
import type { BodyMode, Mutation } from '../../../../src/ext-proc/wire/index.ts';
import { body, config, requestHeaders } from './messages.ts';

export interface Policies {
  readonly request?: 'runs' | 'reads';
  readonly response?: 'runs' | 'reads';
  readonly newBody?: string;
  readonly length?: number;
  readonly plan?: RequestPlan;
  /** Of the Envoy's settings; all by default. */
  readonly told?: ToldModes;
  readonly answersAlways?: boolean;
}

export const toldAll: ToldModes = { allowModeOverride: true, responseHeaders: true };

/** Bodies of up to 10 bytes. */
export function exchangeWith(policies: Policies): Exchange {
  const mutation: Mutation = {
    path: undefined,
    status: undefined,
    headers: [],
    body: policies.newBody === undefined ? undefined : Buffer.from(policies.newBody),
    clearRouteCache: false,
  };
  const bodyPlan = (reads: boolean): BodyPlan => ({
    reads,
    refusal: undefined,
    length: reads ? policies.length : undefined,
    replaces: mutation.body !== undefined,
  });
  const inputs: Inputs = {
    request: ({ end }) =>
      policies.plan ?? {
        kind: 'policies',
        requestSteps: policies.request !== undefined,
        responseSteps: policies.response !== undefined,
        mustSee: policies.answersAlways ? 'nothing' : mustSee[policies.response ?? 'none'],
        envoy: policies.told ?? toldAll,
        readsResponse: policies.response === 'reads',
        body: bodyPlan(policies.request === 'reads' && !end),
      },
    response: ({ end }) => bodyPlan(policies.response === 'reads' && !end),
    mutation: () => mutation,
    reserve: () => true,
    giveBack: () => {},
  };
  return createExchange(inputs, 10);
}

const mustSee = { none: 'nothing', runs: 'headers', reads: 'body' } as const;

/** What follows from an event, in short words. Counts of messages and `stop`, `resume` are left out. */
export function after(exchange: Exchange, event: Event): readonly string[] {
  const effects = next(exchange, event) as Effect[];
  const words = effects.flatMap((effect) => {
    switch (effect.kind) {
      case 'accepted':
      case 'stop':
      case 'resume':
      case 'body-came':
        return [];
      case 'run':
        return [`run ${effect.side} policies on ${effect.body === undefined ? 'no body' : `"${text(effect.body)}"`}`];
      case 'headers': {
        const asked = effect.side === 'request' ? effect.modes?.requestBody : effect.modes?.responseBody;
        const asks = asked === 'BUFFERED' ? ', asking for the body' : '';
        const replaced = effect.body === undefined ? '' : ` with body "${text(effect.body)}"`;
        return [`reply to ${effect.side} headers${replaced}${asks}`];
      }
      case 'body': {
        const replaced = effect.mutation?.body;
        return [`reply to ${effect.side} body${replaced === undefined ? '' : ` with "${text(replaced)}"`}`];
      }
      case 'replacement':
        return [`reply to ${effect.side} body with "${text(effect.bytes)}" for a piece`];
      case 'body-lost':
      case 'dropped':
        return [`${effect.kind}: ${effect.side}`];
      case 'piece':
        return [`piece of the ${effect.side} body "${text(effect.bytes)}"${effect.end ? ', the last' : ''}`];
      case 'trailers':
        return [`reply to ${effect.side} trailers`];
      case 'fail':
        return [`fail: ${effect.failure.kind}${effect.failure.kind === 'hidden' ? `, ${effect.failure.part}` : ''}`];
      case 'closed':
        return [`closed: ${effect.why}`];
      case 'violation':
        return [`violation: ${effect.name}`];
      case 'extension':
        return [`extend by ${effect.ms} ms`];
      case 'pass':
        return [`pass: ${effect.reason}`];
      default:
        return [effect.kind];
    }
  });
  effects.length = 0;
  return words;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
export const first = (mode: BodyMode) => config(mode, mode);
/** With `send_body_without_waiting_for_header_response`. */
export const early = (mode: BodyMode) => config(mode, mode, false, true);
export const piece = (side: 'request' | 'response', content: string, end = true) =>
  body(side, Buffer.from(content), end);
export const done = (side: 'request' | 'response'): Event => ({ kind: 'settled', side, outcome: { kind: 'continue' } });
export const answers = (side: 'request' | 'response'): Event => ended(side, undefined);
export const fails = (side: 'request' | 'response'): Event => ended(side, 'LAMBDA_EXT_PROC_INTERNAL');

const ended = (side: 'request' | 'response', errorKey: 'LAMBDA_EXT_PROC_INTERNAL' | undefined): Event => ({
  kind: 'settled',
  side,
  outcome: { kind: 'answer', answer: { status: 200, headers: [], body: undefined, errorKey } },
});
export const closed: Event = { kind: 'closed' };

/** An exchange whose request has been let through. */
export function afterRequest(policies: Policies, mode: BodyMode): Exchange {
  const exchange = exchangeWith(policies);
  after(exchange, requestHeaders(true, first(mode)));
  if (exchange.request.stage === 'running') after(exchange, done('request'));
  assert.equal(exchange.request.stage, 'open');
  return exchange;
}
