import type { TraceSpan, Tracing } from '../../tracing/index.ts';
import { InvocationError } from '../invocation-error.ts';
import type { CredentialProvider, ResolvedCredentials } from '../resolved-credentials.ts';
import type { AssumedRole, CredentialSource } from '../types.ts';
import { type AssumeRoleOptions, accountOf, assumeRole } from './assume-role.ts';
import { ChainPrincipal, type ChainPrincipalOptions, callerIdentity } from './chain-principal.ts';
import { type Clock, systemClock } from './clock.ts';
import { credentialError } from './credential-error.ts';
import { chainSpan, inSpan } from './credential-spans.ts';
import type { CredentialStatus } from './credential-status.ts';
import { type ChainProgress, loadDefaultChain, profileStamp } from './default-chain.ts';
import { identityKey, keysLabel, roleLabel, rolesOf } from './identity.ts';
import { IdentityCache } from './identity-cache.ts';
import { IDLE_MS, RefreshingProvider } from './refreshing-provider.ts';
import { SessionRate, sessionLimits } from './session-rate.ts';
import { StaticKeys } from './static-keys.ts';

export interface CredentialProvidersOptions {
  readonly clock?: Clock;
  readonly loadDefault?: (progress: ChainProgress) => Promise<ResolvedCredentials>;
  /** Changes when the default chain may give other credentials than before. */
  readonly stampDefault?: () => Promise<string>;
  readonly loadRole?: (options: AssumeRoleOptions) => Promise<ResolvedCredentials>;
  /** Called when a source fails, and (with undefined) when it works again. */
  readonly onRefresh?: (source: string, error: InvocationError | undefined) => void;
  /** Called each time that a source was asked. */
  readonly onLoad?: (source: string, ok: boolean) => void;
  /** Called with all credentials from the chain and from roles. */
  readonly onCredentials?: (credentials: ResolvedCredentials) => void;
  readonly callerIdentity?: ChainPrincipalOptions['ask'];
  /** Called when STS does not say which principal the chain is. */
  readonly onUnknownPrincipal?: (error: unknown) => void;
  /** Undefined: no spans. */
  readonly tracing?: Tracing | undefined;
}

const MAX_ROLES = 256;

/** One provider for each resolved identity of the process. */
export class CredentialProviders {
  readonly #options: Required<CredentialProvidersOptions>;
  /** The result of a source for the region that was asked last: mostly there is only one region. */
  readonly #bySource = new WeakMap<CredentialSource, Found>();
  readonly #roles: IdentityCache;
  readonly #sessions: SessionRate;
  readonly #static = new StaticKeys();
  #default: RefreshingProvider | undefined;
  readonly #principal: ChainPrincipal;

  constructor(options: CredentialProvidersOptions = {}) {
    this.#options = {
      clock: systemClock,
      loadDefault: loadDefaultChain,
      stampDefault: profileStamp,
      loadRole: assumeRole,
      onRefresh: () => {},
      onLoad: () => {},
      onCredentials: () => {},
      callerIdentity,
      onUnknownPrincipal: () => {},
      tracing: undefined,
      ...options,
    };
    const { callerIdentity: ask, clock, onUnknownPrincipal: onFailure } = this.#options;
    this.#principal = new ChainPrincipal({ provider: () => this.#defaultChain(), ask, clock, onFailure });
    this.#sessions = new SessionRate(this.#options.clock.now());
    this.#roles = new IdentityCache(MAX_ROLES, this.#options.clock.now);
  }

  /** The same provider for the same values; found by the object first. Throws InvocationError. */
  for(source: CredentialSource, region: string): CredentialProvider {
    const known = this.#bySource.get(source);
    if (known?.region === region && !isClosed(known.provider)) return known.provider;
    const provider = this.#find(source, region);
    this.#bySource.set(source, { region, provider });
    return provider;
  }

  /** The state of one identity; loads its credentials before a request needs them. */
  statusOf(source: CredentialSource, region: string): CredentialStatus {
    const provider = this.for(source, region);
    if (provider instanceof RefreshingProvider) {
      provider.prepare();
      return provider.status();
    }
    const label = keysLabel(source.accessKey ?? '');
    return {
      source: label,
      ok: true,
      worked: true,
      reason: undefined,
      obtainedAt: undefined,
      expiresAt: undefined,
      pastExpiry: false,
    };
  }

  /** The state of every identity in use, for readiness and metrics; without static keys. */
  status(): readonly CredentialStatus[] {
    const isUsed = (this.#default?.lastUsed ?? 0) > this.#options.clock.now() - IDLE_MS;
    const chain = this.#default !== undefined && isUsed ? [this.#default] : [];
    return [...chain, ...this.#roles.values()].map((provider) => provider.status());
  }

  /**
   * Who signs, in parts that are the same on all machines: keys that are rotated and tokens are left out. Undefined where it is
   * not known, or not yet: STS is not asked again at once.
   */
  principalOf(source: CredentialSource, region: string): readonly (string | undefined)[] | undefined {
    const { accessKey } = source;
    const base = accessKey === undefined ? this.#principal.get(region) : accessKey;
    if (base === undefined) return undefined;
    const roles = rolesOf(source).map(({ roleArn, roleSessionName, externalId }) => [
      roleArn,
      roleSessionName,
      externalId,
    ]);
    return [accessKey === undefined ? 'chain' : 'key', base, String(roles.length), ...roles.flat()];
  }

  close(): void {
    this.#default?.close();
    this.#roles.close();
  }

  /** Each role is asked for with the credentials of the one before. */
  #find(source: CredentialSource, region: string): CredentialProvider {
    const base = this.#base(source);
    return rolesOf(source)
      .reduce((before, role) => this.#role(role, before, region, source.fixed === true), base)
      .find();
  }

  #role(role: AssumedRole, base: Identity, region: string, fixed: boolean): Identity {
    const { roleArn, roleSessionName, externalId, durationSeconds } = role;
    if (roleArn === '') throw credentialError('no credentials', new Error('the ARN of a role is empty'));
    const key = identityKey(base.key, roleArn, roleSessionName, externalId, durationSeconds, region);
    const label = roleLabel(role, base.label, region);
    const create = () => {
      // The document's own sessions are few, and a flood of others does not delay them.
      if (!fixed) this.#takeSession(label);
      return this.#createRole(key, label, role, base, region);
    };
    return { key, label, find: () => this.#roles.get(key, fixed) ?? this.#roles.set(key, create(), fixed) };
  }

  #createRole(key: string, source: string, role: AssumedRole, base: Identity, region: string): RefreshingProvider {
    const { clock, loadRole, onRefresh, onLoad, tracing } = this.#options;
    const load = async (span: TraceSpan | undefined) =>
      this.#told(await loadRole({ role, base: base.find(), region, span, tracing }));
    return new RefreshingProvider({
      source,
      identity: key,
      account: accountOf(role.roleArn),
      load,
      clock,
      onRefresh,
      onLoad,
    });
  }

  #told(credentials: ResolvedCredentials): ResolvedCredentials {
    this.#options.onCredentials(credentials);
    return credentials;
  }

  #takeSession(source: string): void {
    if (this.#sessions.take(this.#options.clock.now())) return;
    const message = `more than ${sessionLimits.perSecond} new sessions of roles a second: ${source}`;
    throw new InvocationError('too-many-sessions', { message });
  }

  #base(source: CredentialSource): Identity {
    const { accessKey, secretKey, sessionToken } = source;
    // An empty key still means static keys, never the machine's identity.
    if (accessKey === '' || secretKey === '' || sessionToken === '') {
      throw credentialError('no credentials', new Error('a key or the session token is set and empty'));
    }
    if ((accessKey === undefined) !== (secretKey === undefined)) {
      throw credentialError('no credentials', new Error('only one of accessKey and secretKey is set'));
    }
    if (accessKey !== undefined && secretKey !== undefined) {
      const key = identityKey(accessKey, secretKey, sessionToken);
      const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken };
      return { key, label: keysLabel(accessKey), find: () => this.#static.get(key, credentials) };
    }
    // With the machine's identity instead, the call would have other rights than intended.
    if (sessionToken !== undefined) {
      throw credentialError('no credentials', new Error('sessionToken is set without accessKey and secretKey'));
    }
    return { key: '', label: 'the default chain', find: () => this.#defaultChain() };
  }

  #defaultChain(): RefreshingProvider {
    const { loadDefault, stampDefault: stamp, clock, onRefresh, onLoad } = this.#options;
    const chain: ChainProgress = {};
    this.#default ??= new RefreshingProvider({
      source: 'the default chain',
      identity: 'default',
      load: async (span) => this.#told(await inSpan(chainSpan(span), () => loadDefault(chain))),
      progress: () => chain.words?.() ?? '',
      stamp,
      clock,
      onRefresh,
      onLoad,
    });
    return this.#default;
  }
}

interface Found {
  readonly region: string;
  readonly provider: CredentialProvider;
}

function isClosed(provider: CredentialProvider): boolean {
  return provider instanceof RefreshingProvider && provider.isClosed;
}

/** The identity that asks, looked up each time: an evicted one is made again, and there is never a second one. */
interface Identity {
  readonly key: string;
  readonly label: string;
  readonly find: () => CredentialProvider;
}
