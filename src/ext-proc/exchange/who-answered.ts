import { responseAttributes } from '../../envoy-names.ts';
import type { Attributes } from '../wire/index.ts';
import { fail, open } from './acts.ts';
import { passed, stop } from './effect.ts';
import type { Failure } from './failure.ts';
import type { Exchange } from './state.ts';

/** `unknown`: Envoy does not say (the filter's `response_attributes` do not ask for it), or its values contradict each other. */
type Answerer = 'backend' | 'envoy' | 'unknown';

/**
 * Who made a response, by its first message (docs/notes/envoy.md). Headers prove nothing: filters and caches copy
 * x-envoy-upstream-service-time, and suppress_envoy_headers takes it away.
 */
function whoAnswered(attributes: Attributes): Answerer {
  const details = attributes.get(responseAttributes.codeDetails);
  if (details === undefined) return 'unknown';
  const called = (attributes.get(responseAttributes.upstreamAddress) ?? '') !== '';
  if (details === 'via_upstream') return called ? 'backend' : 'unknown';
  return details === '' && called ? 'unknown' : 'envoy';
}

/**
 * The first message of a response. `policies`: it answers a request whose policies were done. `local`: Envoy or another filter
 * answered before that, and it stays what it is. `refused`: the request bypassed its policies, or it is not known that it
 * did not, and the caller got an error.
 */
export function admitResponse(exchange: Exchange, attributes: Attributes): 'policies' | 'local' | 'refused' {
  const { request, response, plan } = exchange;
  if (request.stage === 'open') return 'policies';
  const answerer = presumedAnswerer(exchange, whoAnswered(attributes));
  if (answerer === 'envoy') {
    open(request);
    exchange.effects.push(passed.local_reply, stop);
    return 'local';
  }
  const unknown = answerer === 'unknown';
  if (plan === undefined) {
    // Its headers are never sent (request_header_mode: SKIP), or an earlier filter answered.
    const failure: Failure = unknown
      ? { kind: 'unattributed', request: 'unseen' }
      : { kind: 'headers-unseen', side: 'request' };
    fail(exchange, failure, response);
  } else {
    const reason = 'the response arrived first';
    fail(exchange, unknown ? { kind: 'unattributed', request: 'waiting' } : { kind: 'body-missing', reason }, request);
  }
  return 'refused';
}

/** What Envoy does not send but can be inferred. */
function presumedAnswerer(exchange: Exchange, answerer: Answerer): Answerer {
  if (answerer !== 'unknown') return answerer;
  const { request, plan, filter } = exchange;
  // Envoy never waits for these policies, so they cannot be bypassed.
  if (filter?.observed) return 'envoy';
  if (plan?.kind !== 'policies') return 'unknown';
  // Envoy holds a request whose headers have no reply: no backend can have seen it.
  const isHeld = request.body.holdsHeaders || (request.stage === 'running' && request.answers === 'headers');
  return isHeld ? 'envoy' : 'unknown';
}
