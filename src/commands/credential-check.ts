import type { ProcessInvoker } from '../lambda/index.ts';
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
      const reason = reasonOf(invoker, constant, region);
      if (reason !== undefined) failed.set(reason, [...(failed.get(reason) ?? []), `${name}.${step}`]);
    }
  }
  if (failed.size === 0) return { status: 'ok', reason: `${known} steps with credentials known before a request` };
  const reasons = [...failed].slice(0, MAX_REASONS).map(([reason, steps]) => `${listed(steps)}: ${reason}`);
  return { status: 'degraded', reason: reasons.join('; ') };
}

const MAX_REASONS = 10;
const MAX_STEPS = 5;

function listed(steps: readonly string[]): string {
  const more = steps.length > MAX_STEPS ? ` and ${steps.length - MAX_STEPS} more` : '';
  return steps.slice(0, MAX_STEPS).join(', ') + more;
}

function reasonOf(
  invoker: ProcessInvoker,
  ...[source, region]: Parameters<ProcessInvoker['credentialStatus']>
): string | undefined {
  try {
    return invoker.credentialStatus(source, region).reason;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
