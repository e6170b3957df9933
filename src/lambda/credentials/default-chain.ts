import type { ResolvedCredentials } from '../resolved-credentials.ts';

/**
 * The SDK's own chain: environment, profile, SSO, web identity (IRSA), Pod Identity, ECS, IMDS. Asked afresh each
 * time, since it would otherwise keep what it found first. Rejects with the SDK's error.
 */
export async function loadDefaultChain(): Promise<ResolvedCredentials> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = await defaultProvider({ ignoreCache: true })();
  return { accessKeyId, secretAccessKey, sessionToken, expiration: expiration?.getTime() };
}
