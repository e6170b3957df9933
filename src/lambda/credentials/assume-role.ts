import type { TraceSpan, Tracing } from '../../tracing/index.ts';
import type { CredentialProvider, ResolvedCredentials } from '../resolved-credentials.ts';
import type { AssumedRole } from '../types.ts';
import { assumeRoleSpan, inSpan } from './credential-spans.ts';
import { isForeign, restated } from './restated-error.ts';
import { onOurClock } from './service-clock.ts';
import { describeExchange, recordInto, type SourceExchange } from './source-exchanges.ts';
import { withSts } from './sts-client.ts';

export interface AssumeRoleOptions {
  readonly role: AssumedRole;
  /** The identity that assumes the role. */
  readonly base: CredentialProvider;
  /** Of the STS endpoint, where AWS_ENDPOINT_URL_STS names none. */
  readonly region: string;
  /** Of the request that waits for the session. */
  readonly span?: TraceSpan | undefined;
  readonly tracing?: Tracing | undefined;
}

/** A session of the role. Rejects with the SDK's error. The SDK is loaded with the first role. */
export async function assumeRole(options: AssumeRoleOptions): Promise<ResolvedCredentials> {
  const { base, span } = options;
  const credentials = await base.get(span);
  try {
    return await requestSession(options, credentials);
  } catch (error) {
    const others = await othersThan(credentials, base, verdictOf(error));
    if (others === credentials) throw error;
    return await requestSession(options, others);
  }
}

/** The same if there are no credentials. */
async function othersThan(
  credentials: ResolvedCredentials,
  base: CredentialProvider,
  verdict: 'expired' | 'unknown' | undefined,
): Promise<ResolvedCredentials> {
  if (verdict === 'unknown') return (await base.renew?.(credentials)) ?? credentials;
  if (verdict === undefined || base.invalidate === undefined) return credentials;
  base.invalidate(credentials);
  return base.get();
}

function requestSession(options: AssumeRoleOptions, credentials: ResolvedCredentials): Promise<ResolvedCredentials> {
  const { role, region, span, tracing } = options;
  const own = assumeRoleSpan(role.roleArn, region, span, tracing);
  return inSpan(own, () => askForSession(options, credentials));
}

async function askForSession(
  { role, region }: AssumeRoleOptions,
  credentials: ResolvedCredentials,
): Promise<ResolvedCredentials> {
  const { AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  const exchanges: SourceExchange[] = [];
  try {
    const command = new AssumeRoleCommand({
      RoleArn: role.roleArn,
      RoleSessionName: role.roleSessionName,
      ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
      ...(role.durationSeconds === undefined ? {} : { DurationSeconds: role.durationSeconds }),
    });
    const { Credentials: session } = await recordInto(exchanges, () =>
      withSts(credentials, region, (client) => client.send(command)),
    );
    if (session?.AccessKeyId === undefined || session.SecretAccessKey === undefined) {
      throw new Error('STS answered without credentials');
    }
    return {
      accessKeyId: session.AccessKeyId,
      secretAccessKey: session.SecretAccessKey,
      sessionToken: session.SessionToken,
      expiration: onOurClock(session.Expiration?.getTime(), exchanges.at(-1)?.clock),
      account: accountOf(role.roleArn),
    };
  } catch (error) {
    const last = exchanges.at(-1);
    if (error instanceof Error && last?.status !== undefined && isForeign(error)) {
      throw restated(error, describeExchange(last));
    }
    throw error;
  }
}

/** The account of a role's ARN. */
export function accountOf(roleArn: string): string | undefined {
  return /^arn:[^:]*:iam::(\d{12}):/.exec(roleArn)?.[1];
}

/** Whether the keys that made the call are the reason, so that others may work. A region that is not enabled accepts no keys at all. */
function verdictOf(error: unknown): 'expired' | 'unknown' | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name.startsWith('ExpiredToken')) return 'expired';
  return /^(?:InvalidClientTokenId|UnrecognizedClient)/.test(error.name) ? 'unknown' : undefined;
}
