import { createHash } from 'node:crypto';
import type { CredentialProvider, ResolvedCredentials } from '../resolved-credentials.ts';
import type { AssumedRole, CredentialSource } from '../types.ts';
import { type AssumeRoleOptions, assumeRole } from './assume-role.ts';
import { credentialError } from './credential-error.ts';
import { loadDefaultChain } from './default-chain.ts';
import { type Clock, type CredentialStatus, RefreshingProvider } from './refreshing-provider.ts';

export interface CredentialProvidersOptions {
  readonly clock?: Clock;
  readonly loadDefault?: () => Promise<ResolvedCredentials>;
  readonly loadRole?: (options: AssumeRoleOptions) => Promise<ResolvedCredentials>;
  /** Told when a source fails, and (with undefined) when it is well again. */
  readonly onRefresh?: (source: string, error: unknown | undefined) => void;
}

/** Identities may be made of a caller's data: the ones that were not used for longest go first. */
const maxIdentities = 256;
const idleMs = 3_600_000;

/** One provider for each resolved identity of the process. */
export class CredentialProviders {
  readonly #options: Required<CredentialProvidersOptions>;
  readonly #bySource = new WeakMap<CredentialSource, Map<string, CredentialProvider>>();
  readonly #roles = new Map<string, RefreshingProvider>();
  readonly #static = new WeakMap<CredentialSource, StaticProvider>();
  #default: RefreshingProvider | undefined;
  #closed = false;

  constructor(options: CredentialProvidersOptions = {}) {
    this.#options = {
      clock: { now: Date.now, random: Math.random },
      loadDefault: loadDefaultChain,
      loadRole: assumeRole,
      onRefresh: () => {},
      ...options,
    };
  }

  /** The same provider for the same values; found by the object first. Throws InvocationError. */
  for(source: CredentialSource, region: string): CredentialProvider {
    const known = this.#bySource.get(source);
    const provider = known?.get(region);
    if (provider !== undefined && !(provider instanceof RefreshingProvider && provider.isClosed)) return provider;
    const found = this.#find(source, region);
    if (known === undefined) this.#bySource.set(source, new Map([[region, found]]));
    else known.set(region, found);
    return found;
  }

  /** How one identity stands; asks for its credentials in the background when nobody has yet. */
  statusOf(source: CredentialSource, region: string): CredentialStatus {
    const provider = this.for(source, region);
    if (!(provider instanceof RefreshingProvider)) return { ...staticStatus };
    provider.prepare();
    return provider.status();
  }

  /** How every identity in use stands, for readiness and metrics. */
  status(): readonly CredentialStatus[] {
    const providers = [...(this.#default === undefined ? [] : [this.#default]), ...this.#roles.values()];
    return providers.map((provider) => provider.status());
  }

  close(): void {
    this.#closed = true;
    this.#default?.close();
    for (const provider of this.#roles.values()) provider.close();
    this.#roles.clear();
  }

  #find(source: CredentialSource, region: string): CredentialProvider {
    const roles = [...(source.roleChain ?? []), ...(source.role === undefined ? [] : [source.role])];
    let provider = this.#base(source);
    let identity = source.accessKey === undefined ? 'default' : fingerprint(source);
    for (const role of roles) {
      identity = `${identity} ${JSON.stringify([role.roleArn, role.roleSessionName, role.externalId, role.durationSeconds])} ${region}`;
      provider = this.#role(identity, role, provider, region);
    }
    return provider;
  }

  #base(source: CredentialSource): CredentialProvider {
    const { accessKey, secretKey, sessionToken } = source;
    if ((accessKey === undefined) !== (secretKey === undefined)) {
      throw credentialError('no credentials', new Error('only one of accessKey and secretKey is set'));
    }
    if (accessKey === undefined || secretKey === undefined) return this.#defaultChain();
    let provider = this.#static.get(source);
    if (provider === undefined) {
      provider = new StaticProvider({ accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken });
      this.#static.set(source, provider);
    }
    return provider;
  }

  #defaultChain(): RefreshingProvider {
    const { loadDefault: load, clock, onRefresh } = this.#options;
    this.#default ??= new RefreshingProvider({ source: 'the default chain', load, clock, onRefresh });
    return this.#default;
  }

  #role(identity: string, role: AssumedRole, base: CredentialProvider, region: string): RefreshingProvider {
    const { clock, loadRole, onRefresh } = this.#options;
    const key = createHash('sha256').update(identity).digest('base64');
    let provider = this.#roles.get(key);
    if (provider === undefined) {
      const source = `role ${role.roleArn}`;
      const load = () => loadRole({ role, base, region });
      provider = new RefreshingProvider({ source, load, clock, onRefresh });
      this.#evict(clock.now());
      if (this.#closed) provider.close();
    } else this.#roles.delete(key);
    this.#roles.set(key, provider);
    return provider;
  }

  #evict(now: number): void {
    for (const [key, provider] of this.#roles) {
      const isIdle = now - provider.lastUsed > idleMs;
      if (!isIdle && this.#roles.size < maxIdentities) continue;
      provider.close();
      this.#roles.delete(key);
    }
  }
}

const staticStatus: CredentialStatus = {
  source: 'static keys',
  ok: true,
  reason: undefined,
  obtainedAt: undefined,
  expiresAt: undefined,
};

/** Keys from the configuration: as good as they are. */
class StaticProvider implements CredentialProvider {
  readonly #credentials: ResolvedCredentials;

  constructor(credentials: ResolvedCredentials) {
    this.#credentials = credentials;
  }

  get(): ResolvedCredentials {
    return this.#credentials;
  }
}

/** Tells keys apart without keeping them in a second place. */
function fingerprint({ accessKey, secretKey, sessionToken }: CredentialSource): string {
  return createHash('sha256')
    .update(JSON.stringify([accessKey, secretKey, sessionToken]))
    .digest('base64');
}
