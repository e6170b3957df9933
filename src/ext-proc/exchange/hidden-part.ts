import type { BodyMode } from '../wire/index.ts';
import type { RequestPlan, ToldModes } from './inputs.ts';
import type { Exchange, SideState } from './state.ts';

/** What Envoy may keep from the sidecar though policies must see it. */
export type HiddenPart = 'request-body' | 'response-headers' | 'response-body';

/**
 * What the policies must see and Envoy may keep back: without `allow_mode_override` it ignores what it is asked for and goes on
 * without them. Neither that setting nor the filter's header modes are shown, so somebody has to tell. Undefined: nothing
 * is kept back, as far as is told.
 *
 * In observability mode Envoy goes on in any case: there is nothing that could be passed by.
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
 * Whether the body comes by itself, and before its headers have gone on: what policies change after a STREAMED piece has come
 * would be too late. A mode that a later Envoy brings is not known to send anything.
 */
function sendsBody({ filter }: Exchange, side: SideState): boolean {
  return side.body.holdsHeaders || HOLDING.has(filter?.[side.name]);
}
