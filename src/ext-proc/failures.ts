import { NoRoomError } from '../memory-account.ts';
import {
  type Answer,
  answerFailure,
  bodyTooLarge,
  type Limits,
  PolicyFailure,
  type Transaction,
  timeoutFailure,
} from '../policy/index.ts';
import type { Failure, HiddenPart } from './exchange/index.ts';
import type { StreamContext } from './stream-context.ts';

/** What an operator should check if a body does not arrive. */
const ADVICE =
  'check that allow_mode_override: true is set on the ext_proc filter (without it Envoy ignores mode_override and continues ' +
  'without the policy), and that per_connection_buffer_limit_bytes of the listener is larger than the body';

/** The answer to a failure; reports it to operators first. */
export function answerTo(failure: Failure, context: StreamContext, transaction: Transaction): Answer {
  if (failure.kind === 'body-missing') reportMissingBody(failure.reason, context, transaction);
  else if (failure.kind === 'hidden') context.observer.bodyUnavailable(transaction.policies.name);
  else if (failure.kind === 'unattributed') context.observer.unattributedResponse(failure.request);
  else if (failure.kind === 'body-too-large') context.observer.limitReached('body');
  else if (failure.kind === 'upload-overdue') context.observer.limitReached('body_wait');
  return answerFailure(transaction, policyFailure(failure, context.set.limits, transaction));
}

/** Reports that a policy waited for a body in vain. */
export function reportMissingBody(reason: string, context: StreamContext, transaction: Transaction | undefined): void {
  const api = transaction?.policies.name ?? '';
  context.observer.bodyUnavailable(api);
  const key = 'LAMBDA_EXT_PROC_BODY_UNAVAILABLE';
  context.logger.error({ api, key }, `a policy waited for a body, but ${reason}: ${ADVICE}`);
}

function policyFailure(failure: Failure, limits: Limits, transaction: Transaction): PolicyFailure {
  switch (failure.kind) {
    case 'policy':
      return failure.failure;
    case 'timeout':
      return timeoutFailure(transaction);
    case 'body-missing':
      return unavailable(`${failure.reason}: ${ADVICE}`);
    case 'hidden':
      return unavailable(hiddenSettings[failure.part] + ruledOut(failure.obstacle));
    case 'upload-overdue':
      // RFC 9110, 15.5.9.
      return unavailable(`the request's body did not arrive within ${failure.waitedMs / 1000} s`, true, 408);
    case 'body-refused':
      return unavailable(failure.reason, failure.side === 'request');
    case 'body-too-large':
      return bodyTooLarge(failure.side, `the ${failure.side}'s body is over limits.bodyBytes (${limits.bodyBytes})`);
    case 'no-room':
      return PolicyFailure.from(new NoRoomError(transaction.memory.shortage));
    case 'headers-unseen': {
      const { side } = failure;
      const cause = new Error(`Envoy sends no ${side} headers: set processing_mode.${side}_header_mode to SEND`);
      return new PolicyFailure('LAMBDA_EXT_PROC_INTERNAL', { cause });
    }
    case 'unattributed': {
      const { key, what } = unattributed[failure.request];
      const cause = new Error(`${what}, and its origin is not known: ${ATTRIBUTES}`);
      return new PolicyFailure(key, { cause, kind: 'unattributed' });
    }
  }
}

const PLACES = 'at the top of policies.yaml, in the API, or as x-lambda-envoy on the route';
const OVERRIDE =
  'set allow_mode_override: true on the ext_proc filter and write `envoy: {allowModeOverride: true}` (overrides do not work with ' +
  'a body mode FULL_DUPLEX_STREAMED)';

/** Envoy exposes none of these settings: one that the configuration does not state counts as Envoy's default. */
const hiddenSettings: Readonly<Record<HiddenPart, string>> = {
  'request-body':
    "policies read the request's body, but its body mode is NONE or forwards the headers first, and the configuration does not say that Envoy sends the body on request: " +
    `${OVERRIDE}, ${PLACES}; or set request_body_mode: FULL_DUPLEX_STREAMED and request_trailer_mode: SEND`,
  'response-body':
    "policies read the response's body, but its body mode is NONE or forwards the headers first, and the configuration does not say that Envoy sends the body on request: " +
    `${OVERRIDE}, ${PLACES}; or set response_body_mode: FULL_DUPLEX_STREAMED and response_trailer_mode: SEND`,
  'response-headers':
    'the API has response steps, but the configuration does not say that Envoy sends response headers: set response_header_mode: SEND ' +
    `on the ext_proc filter and write \`envoy: {responseHeaders: true}\`, or ${OVERRIDE}, ${PLACES}`,
};

/** Then the configuration's word about overrides does not count. */
function ruledOut(obstacle: string | undefined): string {
  return obstacle === undefined ? '' : `. Overrides are ruled out here by ${obstacle}`;
}

const ATTRIBUTES =
  'write `response_attributes: [response.code_details, upstream.address]` on the ext_proc filter, so that answers of Envoy ' +
  'and its filters pass';

const unattributed = {
  unseen: {
    key: 'LAMBDA_EXT_PROC_INTERNAL',
    what: 'a response arrived for a request that was never seen (set request_header_mode: SEND, or a filter before ext_proc answered)',
  },
  waiting: {
    key: 'LAMBDA_EXT_PROC_BODY_UNAVAILABLE',
    what: `a response arrived while policies waited for the request's body (${ADVICE})`,
  },
} as const;

function unavailable(reason: string, byCaller = false, status?: number): PolicyFailure {
  return new PolicyFailure('LAMBDA_EXT_PROC_BODY_UNAVAILABLE', { cause: new Error(reason), byCaller, status });
}
