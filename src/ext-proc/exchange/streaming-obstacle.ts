import { ENVOY_MINOR_ATTRIBUTE, STREAMING_MINOR } from '../../envoy-names.ts';
import type { LabelValue } from '../../observability/index.ts';
import type { Exchange } from './state.ts';

/** Why an answer cannot be sent while it arrives. `reason` is for people. */
export interface StreamingObstacle {
  readonly kind: LabelValue<'collectedAnswers', 'reason'>;
  readonly reason: string;
}

/**
 * Envoy accepts a streamed answer only in the request phase, in reply to headers without a reply so far, while no part of the body is
 * waited for (docs/notes/envoy.md). Envoy sends its version only if an attribute asks for it; an unknown version counts as able.
 */
export function streamingObstacle(exchange: Exchange): StreamingObstacle | undefined {
  const { filter, request } = exchange;
  if (filter === undefined || filter.observed) {
    return { kind: 'body_mode', reason: 'observability_mode, in which Envoy ignores every answer' };
  }
  const mode = filter.request;
  if (mode !== 'NONE' && mode !== 'FULL_DUPLEX_STREAMED') {
    return {
      kind: 'body_mode',
      reason: `request_body_mode is ${mode}: set FULL_DUPLEX_STREAMED and request_trailer_mode: SEND`,
    };
  }
  if (mode === 'NONE' && request.answers !== 'headers') {
    const reason =
      "policies read the request's body, which Envoy buffers by mode_override: set request_body_mode: FULL_DUPLEX_STREAMED";
    return { kind: 'body_mode', reason };
  }
  const minor = envoyMinor(exchange);
  if (minor === undefined || minor >= STREAMING_MINOR) return undefined;
  return {
    kind: 'envoy_version',
    reason: `Envoy 1.${minor} cannot stream answers; 1.${STREAMING_MINOR} is the first version that can`,
  };
}

function envoyMinor({ filter, plan }: Exchange): number | undefined {
  const seen = Number(filter?.attributes.get(ENVOY_MINOR_ATTRIBUTE));
  // A development build sends 0 instead of a version.
  if (Number.isInteger(seen) && seen > 0) return seen;
  const told = plan?.kind === 'policies' ? plan.envoy.version : undefined;
  return told === undefined ? undefined : Number(told.split('.')[1]);
}
