import type { Logger } from '../observability/index.ts';
import { InvocationError } from './invocation-error.ts';
import { DirectInvoker, type InvokerParts } from './invoker.ts';
import type { CredentialProvider } from './resolved-credentials.ts';
import type { CredentialSource, LambdaInvoker } from './types.ts';

export { InvocationError, type InvocationErrorKind } from './invocation-error.ts';
export type * from './types.ts';

export interface LambdaInvokerOptions extends Partial<InvokerParts> {
  /** Told of credentials that cannot be refreshed. */
  readonly logger?: Logger | undefined;
}

/** Invokes functions over keep-alive connections of its own; `close` waits for what is under way. */
export function createLambdaInvoker(options: LambdaInvokerOptions = {}): LambdaInvoker & { close(): Promise<void> } {
  return new DirectInvoker({
    environment: process.env,
    credentialsFor: staticCredentials,
    trustFor: () => {
      throw new Error('no trust stores');
    },
    userAgent: 'lambda-ext-proc',
    now: Date.now,
    random: Math.random,
    ...options,
  });
}

const known = new WeakMap<CredentialSource, CredentialProvider>();

function staticCredentials(source: CredentialSource): CredentialProvider {
  const provider = known.get(source) ?? createProvider(source);
  known.set(source, provider);
  return provider;
}

function createProvider({ accessKey, secretKey, sessionToken }: CredentialSource): CredentialProvider {
  if (accessKey === undefined || secretKey === undefined) {
    throw new InvocationError({
      kind: 'credentials',
      message: 'no credentials',
      attempts: 0,
      mayHaveRun: false,
      details: 'Service: Lambda, No credentials',
    });
  }
  const resolved = { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken };
  return { get: () => resolved };
}
