import type { STSClient } from '@aws-sdk/client-sts';
import type { CredentialProvider, ResolvedCredentials } from '../resolved-credentials.ts';
import type { AssumedRole } from '../types.ts';
import { sdkRequests } from './sdk-requests.ts';

/** Clocks that differ by less are covered by the margin before the end. */
const noticedSkewMs = 5_000;

export interface AssumeRoleOptions {
  readonly role: AssumedRole;
  /** Who asks for the role. */
  readonly base: CredentialProvider;
  /** Of the STS endpoint, where AWS_ENDPOINT_URL_STS names none. */
  readonly region: string;
  /** Wall clock in milliseconds. */
  readonly now: () => number;
}

/** A session of the role. Rejects with the SDK's error. The SDK is loaded with the first role. */
export async function assumeRole(options: AssumeRoleOptions): Promise<ResolvedCredentials> {
  const { base } = options;
  const credentials = await base.get();
  try {
    return await requestSession(options, credentials);
  } catch (error) {
    if (!isStale(error) || base.invalidate === undefined) throw error;
    base.invalidate(credentials);
    return await requestSession(options, await base.get());
  }
}

async function requestSession(
  { role, region, now }: AssumeRoleOptions,
  { accessKeyId, secretAccessKey, sessionToken }: ResolvedCredentials,
): Promise<ResolvedCredentials> {
  const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient({
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    maxAttempts: 2,
    requestHandler: sdkRequests(),
  });
  const serviceTime = watchServiceTime(client);
  const started = now();
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
      expiration: onOurClock(session.Expiration?.getTime(), serviceTime(), started),
    };
  } finally {
    client.destroy();
  }
}

/** The time in the head of the service's answer, once it is there. */
function watchServiceTime(client: STSClient): () => number | undefined {
  let time: number | undefined;
  client.middlewareStack.add(
    (next) => async (request) => {
      const result = await next(request);
      const { response } = result;
      if (typeof response === 'object' && response !== null && 'headers' in response) {
        const date = new Map(Object.entries(response.headers ?? {})).get('date');
        time = typeof date === 'string' ? Date.parse(date) : undefined;
      }
      return result;
    },
    { step: 'deserialize', name: 'serviceTime' },
  );
  return () => time;
}

/** The expiry is told by the service's clock; a session must not look expired, or valid, because ours is wrong. */
export function onOurClock(
  expiration: number | undefined,
  serviceTime: number | undefined,
  ourTime: number,
): number | undefined {
  if (expiration === undefined || serviceTime === undefined || Number.isNaN(serviceTime)) return expiration;
  const skew = ourTime - serviceTime;
  return Math.abs(skew) < noticedSkewMs ? expiration : expiration + skew;
}

/** The keys that asked are the reason, and others may do. */
function isStale(error: unknown): boolean {
  return error instanceof Error && /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient)/.test(error.name);
}
