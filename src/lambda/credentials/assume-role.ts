import type { CredentialProvider, ResolvedCredentials } from '../resolved-credentials.ts';
import type { AssumedRole } from '../types.ts';

/** Above it the service refuses; below 900 it refuses too, but that is the service's to say. */
const connectionTimeout = 2_000;
const requestTimeout = 5_000;

export interface AssumeRoleOptions {
  readonly role: AssumedRole;
  /** Who asks for the role. */
  readonly base: CredentialProvider;
  readonly region: string;
}

/** A session of the role. Rejects with the SDK's error. The SDK is loaded with the first role. */
export async function assumeRole({ role, base, region }: AssumeRoleOptions): Promise<ResolvedCredentials> {
  const credentials = await base.get();
  const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient({
    region,
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken }),
    },
    maxAttempts: 2,
    requestHandler: { connectionTimeout, requestTimeout, throwOnRequestTimeout: true },
  });
  try {
    const { Credentials: session } = await client.send(
      new AssumeRoleCommand({
        RoleArn: role.roleArn,
        RoleSessionName: role.roleSessionName,
        ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
        ...(role.durationSeconds === undefined ? {} : { DurationSeconds: role.durationSeconds }),
      }),
    );
    if (session?.AccessKeyId === undefined || session.SecretAccessKey === undefined) {
      throw new Error('STS answered without credentials');
    }
    return {
      accessKeyId: session.AccessKeyId,
      secretAccessKey: session.SecretAccessKey,
      sessionToken: session.SessionToken,
      expiration: session.Expiration?.getTime(),
    };
  } catch (error) {
    if (isExpired(error)) base.invalidate?.(credentials);
    throw error;
  } finally {
    client.destroy();
  }
}

function isExpired(error: unknown): boolean {
  return error instanceof Error && /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient)/.test(error.name);
}
