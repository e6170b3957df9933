import type { ModeOverride, ProtocolConfig } from '../wire/index.ts';
import type { Exchange, SideState } from './state.ts';

/**
 * The override sent with the reply to a side's headers; undefined if Envoy accepts none or none is needed.
 *
 * The request's override names every mode, since a body mode left out becomes NONE and a header mode left out the
 * filter's own. The response's body is asked for at its headers, when its status and type are known.
 *
 * Trailers are requested together with a body: if they directly follow the headers, Envoy sends no body message, and
 * only they show that the policies would be bypassed.
 */
export function modeOverride(exchange: Exchange, side: SideState, body: 'NONE' | 'BUFFERED'): ModeOverride | undefined {
  if (exchange.filter?.overrideObstacle !== undefined) return undefined;
  if (side.name === 'request') return wantsResponse(exchange) ? requestAndResponse[body] : requestAlone[body];
  // Nothing to withdraw: the request's override asked for no response body.
  return body === 'NONE' ? undefined : response;
}

/** What rules out `mode_override`, whatever `allow_mode_override` says; undefined: Envoy may accept it. */
export function overrideObstacle(config: ProtocolConfig | undefined, observed: boolean): string | undefined {
  if (observed) return 'observability_mode';
  if (config?.sendsBodyEarly === true) return 'send_body_without_waiting_for_header_response';
  const duplex = config?.request === 'FULL_DUPLEX_STREAMED' || config?.response === 'FULL_DUPLEX_STREAMED';
  return duplex ? 'FULL_DUPLEX_STREAMED' : undefined;
}

function wantsResponse({ plan }: Exchange): boolean {
  return plan?.kind === 'policies' && plan.responseSteps;
}

const requestAlone = { NONE: request('NONE', 'SKIP'), BUFFERED: request('BUFFERED', 'SKIP') };
const requestAndResponse = { NONE: request('NONE', 'SEND'), BUFFERED: request('BUFFERED', 'SEND') };

function request(requestBody: 'NONE' | 'BUFFERED', responseHeaders: 'SEND' | 'SKIP'): ModeOverride {
  return {
    requestBody,
    requestTrailers: requestBody === 'BUFFERED' ? 'SEND' : 'SKIP',
    responseHeaders,
    responseBody: 'NONE',
    responseTrailers: 'SKIP',
  };
}

/** Repeats the response headers' SEND: without it a body mutation is a 500. */
const response: ModeOverride = {
  requestBody: 'NONE',
  requestTrailers: 'SKIP',
  responseHeaders: 'SEND',
  responseBody: 'BUFFERED',
  responseTrailers: 'SEND',
};
