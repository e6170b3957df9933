import { type CredentialStatus, invocationDefaults, type ProcessInvoker } from '../lambda/index.ts';
import type { PolicySet } from '../policy/index.ts';
import type { Check } from '../server/index.ts';

/**
 * Whether the credentials of every API can be had, for /readyz. The process stays ready: other APIs may work, and what
 * a caller of this one gets is an honest error. Identities that depend on a request are not known before one comes.
 */
export function credentialCheck(invoker: ProcessInvoker, set: PolicySet): Check {
  /** The steps of each reason. */
  const failed = new Map<string, string[]>();
  let known = 0;
  for (const [name, api] of set.apis) {
    for (const { name: step, configuration } of [...api.request, ...api.response]) {
      const { constant } = configuration.credentials;
      const region = configuration.region.constant;
      if (constant === undefined || region === undefined) continue;
      known++;
      const { reason } = stateOf(invoker, constant, region);
      if (reason !== undefined) failed.set(reason, [...(failed.get(reason) ?? []), `${name}.${step}`]);
    }
  }
  if (failed.size === 0) return { status: 'ok', reason: `${known} steps with credentials known before a request` };
  const reasons = [...failed].slice(0, MAX_REASONS).map(([reason, steps]) => `${listed(steps)}: ${reason}`);
  return { status: 'degraded', reason: reasons.join('; ') };
}

/**
 * Why no API can call anything: every step of the document signs with the machine's identity, or with a role on top of it, and
 * none of these identities has worked yet. Undefined: one has, or some steps bring keys of their own.
 */
export function awaitedIdentity(invoker: ProcessInvoker, set: PolicySet): string | undefined {
  const reasons = new Set<string>();
  for (const api of set.apis.values()) {
    for (const { configuration } of [...api.request, ...api.response]) {
      const { credentials, region } = configuration;
      if (credentials.accessKey !== undefined) return undefined;
      // A role that a request decides is not known; who assumes it is.
      const isKnown = credentials.constant !== undefined && region.constant !== undefined;
      const source = isKnown ? credentials.constant : MACHINE;
      const state = stateOf(invoker, source, region.constant ?? invocationDefaults.region);
      if (state.worked) return undefined;
      reasons.add(state.reason ?? `${state.source} is loading for the first time`);
    }
  }
  return reasons.size === 0 ? undefined : [...reasons].slice(0, MAX_REASONS).join('; ');
}

const MACHINE = Object.freeze({});
const MAX_REASONS = 10;
const MAX_STEPS = 5;

function listed(steps: readonly string[]): string {
  const more = steps.length > MAX_STEPS ? ` and ${steps.length - MAX_STEPS} more` : '';
  return steps.slice(0, MAX_STEPS).join(', ') + more;
}

/** An identity that cannot be made of what the document says never works. */
function stateOf(
  invoker: ProcessInvoker,
  ...[source, region]: Parameters<ProcessInvoker['credentialStatus']>
): Pick<CredentialStatus, 'source' | 'worked' | 'reason'> {
  try {
    return invoker.credentialStatus(source, region);
  } catch (error) {
    return { source: '', worked: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
