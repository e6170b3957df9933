import type { CircuitState, Logger } from '../observability/index.ts';
import type { Tracing } from '../tracing/index.ts';
import { CredentialProviders, type CredentialStatus } from './credentials/index.ts';
import { ensureHome } from './environment.ts';
import { DirectInvoker, type InvokerParts } from './invoker.ts';
import type { ResolvedCredentials } from './resolved-credentials.ts';
import { ProxyVariables } from './transport/proxy-variables.ts';
import { TrustStores } from './trust/index.ts';
import type { CredentialSource, Invocation, LambdaInvoker } from './types.ts';

export type { CredentialStatus } from './credentials/index.ts';
export { invocationDefaults } from './defaults.ts';
export { failureKindOf } from './failure-kind.ts';
export {
  type GivenAnswer,
  type GivenFailure,
  type GivenFailureName,
  GivenInvoker,
  type GivenRefusal,
  type GivenResult,
  givenFailures,
  serviceErrorNames,
  serviceErrorStatus,
  type VirtualTime,
} from './given/index.ts';
export { InvocationError } from './invocation-error.ts';
export { type ErrorStatusField, type InvocationFailure, invocationFailures } from './invocation-failures.ts';
export { INVOCATION_TEXTS, type InvocationText } from './invocation-texts.ts';
export { endpointUrl, realRegion } from './request/endpoint.ts';
export { functionNameVerdict, parseFunctionName, qualifierVerdict } from './request/function-name.ts';
export type * from './types.ts';
export { invocationTypes, logTypes } from './types.ts';

export interface LambdaInvokerOptions extends Partial<InvokerParts> {
  /** Called each time that a source of credentials was asked. */
  readonly onCredentialsLoaded?: ((source: string, ok: boolean) => void) | undefined;
  /** Called with credentials that cannot be refreshed. */
  readonly logger?: Logger | undefined;
  /** Called with keys of the machine and of roles as they are loaded, so that they can be masked in output. */
  readonly onCredentials?: ((credentials: ResolvedCredentials) => void) | undefined;
  /** Undefined: no spans. */
  readonly tracing?: Tracing | undefined;
}

export interface ProcessInvoker extends LambdaInvoker {
  /** The state of one identity; its credentials are requested if that has not happened yet. Throws InvocationError. */
  credentialStatus(source: CredentialSource, region: string): CredentialStatus;
  /** The state of each identity in use, without static keys. */
  credentials(): readonly CredentialStatus[];
  /** The circuits that are not closed now. */
  circuits(): Iterable<CircuitState>;
  /**
   * Where an invocation goes and who signs it, in parts that are the same on every machine for which they mean the same. Undefined
   * if that is not known: this does not wait for STS. Never rejects.
   */
  sharedPlace(invocation: Invocation): Promise<readonly (string | undefined)[] | undefined>;
  /** Waits for invocations under way. */
  close(): Promise<void>;
}

/** The process's one invoker: connections, credentials and trust stores are shared by all APIs. */
export function createLambdaInvoker(options: LambdaInvokerOptions = {}): ProcessInvoker {
  const { logger, onCredentials, onCredentialsLoaded, tracing, ...parts } = options;
  ensureHome();
  const providers = new CredentialProviders({
    ...(onCredentials === undefined ? {} : { onCredentials }),
    ...(onCredentialsLoaded === undefined ? {} : { onLoad: onCredentialsLoaded }),
    tracing,
    onRefresh: (source, error) => {
      if (error === undefined) logger?.info({ source }, 'credentials are refreshed again');
      else logger?.error({ source, err: error }, 'credentials cannot be refreshed');
    },
    onUnknownPrincipal: (error) => {
      const message =
        'STS returns no identity for the credentials of the machine: steps with these credentials do not use the result store';
      logger?.warn({ err: error }, message);
    },
  });
  for (const problem of new ProxyVariables(parts.environment ?? process.env).problems()) {
    logger?.error({ reason: problem }, 'no call can be made through the proxy of the environment');
  }
  const trust = new TrustStores();
  const invoker = new DirectInvoker({
    environment: process.env,
    credentialsFor: (source, region) => providers.for(source, region),
    trustFor: (ssl) => trust.for(ssl),
    userAgent: 'lambda-ext-proc',
    now: Date.now,
    random: Math.random,
    ...parts,
  });
  return {
    invoke: (invocation, signal) => invoker.invoke(invocation, signal),
    invokeStreaming: (invocation, signal) => invoker.invokeStreaming(invocation, signal),
    credentialStatus: (source, region) => providers.statusOf(source, region),
    credentials: () => providers.status(),
    circuits: () => invoker.circuits(),
    async sharedPlace(invocation) {
      try {
        const { credentials, region } = invocation;
        const endpoint = await invoker.endpointOf(invocation);
        const principal = providers.principalOf(credentials, region);
        return principal === undefined ? undefined : [...endpoint, ...principal];
      } catch {
        // The call itself fails with the same error.
        return undefined;
      }
    },
    async close() {
      await invoker.close();
      providers.close();
    },
  };
}
