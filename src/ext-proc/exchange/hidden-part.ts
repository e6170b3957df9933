import type { BodyMode } from '../wire/index.ts';
import type { RequestPlan, ToldModes } from './inputs.ts';
import type { Exchange, SideState } from './state.ts';

/** What Envoy may withhold from the sidecar although policies must see it. */
export type HiddenPart = 'request-body' | 'response-headers' | 'response-body';

/**
 * What the policies must see and Envoy may withhold: without `allow_mode_override` it ignores the request for it and continues
 * without them. Envoy exposes neither that setting nor the filter's header modes, so the configuration must say. Undefined:
 * nothing is withheld, as far as the configuration says.
 *
 * In observability mode Envoy continues in any case: nothing can be bypassed.
 */
export function hiddenPart(exchange: Exchange, plan: RequestPlan): HiddenPart | undefined {
  const { filter } = exchange;
  if (filter === undefined || filter.observed) return undefined;
  if (plan.kind !== 'policies') return undefined;
  const overrides = takesOverride(exchange, plan.envoy);
  if (plan.body.reads && !overrides && !sendsBody(exchange, exchange.request)) return 'request-body';
  if (plan.mustSee === 'nothing') return undefined;
  if (!seesResponse(exchange, plan.envoy)) return 'response-headers';
  return plan.mustSee === 'body' && !overrides && !sendsBody(exchange, exchange.response) ? 'response-body' : undefined;
}

function seesResponse(exchange: Exchange, told: ToldModes): boolean {
  return told.responseHeaders === true || takesOverride(exchange, told);
}

function takesOverride({ filter }: Exchange, told: ToldModes): boolean {
  return told.allowModeOverride === true && filter?.overrideObstacle === undefined;
}

const HOLDING: ReadonlySet<BodyMode | undefined> = new Set(['BUFFERED', 'BUFFERED_PARTIAL'] as const);

/**
 * Whether Envoy sends the body unasked and before it forwards the headers: changes by policies after a STREAMED piece
 * would be too late. A mode of a later Envoy counts as one that sends nothing.
 */
function sendsBody({ filter }: Exchange, side: SideState): boolean {
  return side.body.holdsHeaders || HOLDING.has(filter?.[side.name]);
}
