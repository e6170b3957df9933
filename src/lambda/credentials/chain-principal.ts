import type { CredentialProvider, ResolvedCredentials } from '../resolved-credentials.ts';
import type { Clock } from './clock.ts';
import { withSts } from './sts-client.ts';

export interface ChainPrincipalOptions {
  readonly provider: () => CredentialProvider;
  /** The principal of the keys, from STS in this region. */
  readonly ask: (credentials: ResolvedCredentials, region: string) => Promise<CallerIdentity>;
  readonly clock: Clock;
  /** Called when it is not available; once, until it is. */
  readonly onFailure: (error: unknown) => void;
}

export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
}

/** STS is asked again this long after a failure. */
const RETRY_MS = 30_000;

/**
 * The AWS principal of the machine's default chain: the same for all machines of one role. STS is asked in the
 * background, once for each access key of the chain: nobody waits for it.
 */
export class ChainPrincipal {
  readonly #options: ChainPrincipalOptions;
  #known: { readonly accessKeyId: string; readonly principal: string } | undefined;
  #isAsking = false;
  #retryAt = Number.NEGATIVE_INFINITY;
  #isTold = false;

  constructor(options: ChainPrincipalOptions) {
    this.#options = options;
  }

  /** Undefined where it is not known, or not yet. Never throws. */
  get(region: string): string | undefined {
    const { provider, clock } = this.#options;
    const given = provider().get();
    if (given instanceof Promise) {
      // The caller of the function reports it.
      given.catch(() => {});
      return undefined;
    }
    if (this.#known?.accessKeyId === given.accessKeyId) return this.#known.principal;
    if (!this.#isAsking && clock.now() >= this.#retryAt) void this.#ask(given, region);
    return undefined;
  }

  async #ask(credentials: ResolvedCredentials, region: string): Promise<void> {
    const { ask, clock, onFailure } = this.#options;
    this.#isAsking = true;
    try {
      const principal = principalOf(await ask(credentials, region));
      this.#known = { accessKeyId: credentials.accessKeyId, principal };
      this.#isTold = false;
    } catch (error) {
      this.#retryAt = clock.now() + RETRY_MS;
      if (!this.#isTold) onFailure(error);
      this.#isTold = true;
    } finally {
      this.#isAsking = false;
    }
  }
}

/** Without the session's name, which differs between instances and containers of the same role. */
function principalOf({ account, arn }: CallerIdentity): string {
  const [, role] = /^(arn:[^:]*:sts::\d+:assumed-role\/[^/]+)\/[^/]+$/.exec(arn) ?? [];
  return `${account} ${role ?? arn}`;
}

/** GetCallerIdentity: no permission is needed for it. Rejects with the SDK's error. */
export async function callerIdentity(credentials: ResolvedCredentials, region: string): Promise<CallerIdentity> {
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const answer = await withSts(credentials, region, (client) => client.send(new GetCallerIdentityCommand({})));
  const { Account: account, Arn: arn } = answer;
  if (!account || !arn) throw new Error('STS answered without an account and an ARN');
  return { account, arn };
}
