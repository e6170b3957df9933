import type { CredentialStatus, ProcessInvoker } from '../lambda/index.ts';
import type { PolicySet } from '../policy/index.ts';
import type { Check } from '../server/index.ts';
import { type Signer, signersOf } from './signers.ts';

type Invoker = Pick<ProcessInvoker, 'credentialStatus'>;

/**
 * Whether the credentials of all APIs are available, for /readyz. The process stays ready: other APIs may work, and
 * callers of an API without credentials get an error that says so. Identities that depend on a request are not checked.
 */
export function credentialCheck(invoker: Invoker, set: PolicySet): Check {
  const { signers, known } = signersOf(set);
  /** The steps, by the reason why they have no credentials. */
  const failed = new Map<string, string[]>();
  for (const signer of signers) {
    if (signer.steps.length === 0) continue;
    const { reason } = stateOf(invoker, signer);
    if (reason === undefined) continue;
    const steps = failed.get(reason) ?? [];
    failed.set(reason, steps);
    for (const step of signer.steps) steps.push(step);
  }
  if (failed.size === 0) return { status: 'ok', reason: `${known} steps with credentials known before a request` };
  const reasons = [...failed].slice(0, MAX_REASONS).map(([reason, steps]) => `${listed(steps)}: ${reason}`);
  return { status: 'degraded', reason: reasons.join('; ') };
}

/**
 * Why no API can call anything: every step of the document signs with the machine's identity, or with a role on top of it, and
 * none of these identities has worked yet. Undefined: one has, or some steps bring keys of their own.
 */
export function awaitedIdentity(invoker: Invoker, set: PolicySet): string | undefined {
  const { signers, haveKeys } = signersOf(set);
  if (haveKeys) return undefined;
  const reasons = new Set<string>();
  for (const signer of signers) {
    const state = stateOf(invoker, signer);
    if (state.worked) return undefined;
    reasons.add(state.reason ?? `${state.source} is loading for the first time`);
  }
  return reasons.size === 0 ? undefined : [...reasons].slice(0, MAX_REASONS).join('; ');
}

const MAX_REASONS = 10;
const MAX_STEPS = 5;

function listed(steps: readonly string[]): string {
  const more = steps.length > MAX_STEPS ? ` and ${steps.length - MAX_STEPS} more` : '';
  return steps.slice(0, MAX_STEPS).join(', ') + more;
}

/** An identity whose settings in the document are invalid never works. */
function stateOf(invoker: Invoker, { source, region }: Signer): Pick<CredentialStatus, 'source' | 'worked' | 'reason'> {
  try {
    return invoker.credentialStatus(source, region);
  } catch (error) {
    return { source: '', worked: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
