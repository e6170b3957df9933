import { awsRequest } from '../../scripts/support/aws-request.ts';
import { type Ministack, startMinistack } from '../../scripts/support/ministack.ts';
import type { CredentialSource } from '../../src/lambda/index.ts';

const account = '000000000000';

/** A local AWS with what tests of credentials do to it. */
export interface LocalAws extends Ministack {
  /** Who may take a role: users and roles by name, with conditions where given. */
  trust(principals: readonly string[], condition?: object): object;
  /** One more key of a user. */
  createKey(user: string): Promise<CredentialSource & { readonly accessKey: string; readonly secretKey: string }>;
  deleteKey(user: string, accessKey: string): Promise<void>;
  /** Replaces what a role may do. */
  setRolePolicy(role: string, policy: object): Promise<void>;
  /** A session as someone hands it out: keys with a token. */
  createSession(keys: CredentialSource, roleArn: string, seconds: number): Promise<Required<StaticSession>>;
}

export type StaticSession = Pick<CredentialSource, 'accessKey' | 'secretKey' | 'sessionToken'>;

/** A policy of one statement. */
export function allow(...actions: readonly string[]): object {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
}

export async function startLocalAws(): Promise<LocalAws> {
  const aws = await startMinistack();
  const query = (service: 'iam' | 'sts', keys: CredentialSource, parameters: Record<string, string>) =>
    awsRequest({
      endpoint: aws.endpoint,
      service,
      keys: { accessKey: keys.accessKey ?? '', secretKey: keys.secretKey ?? '' },
      method: 'POST',
      path: '/',
      contentType: 'application/x-www-form-urlencoded',
      body: new URLSearchParams(parameters).toString(),
    });
  const iam = (parameters: Record<string, string>) =>
    query('iam', aws.rootKeys, { Version: '2010-05-08', ...parameters });
  return {
    ...aws,
    trust: (principals, condition) => ({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: principals.map((name) => `arn:aws:iam::${account}:${name}`) },
          Action: 'sts:AssumeRole',
          ...(condition && { Condition: condition }),
        },
      ],
    }),
    async createKey(user) {
      const answer = await iam({ Action: 'CreateAccessKey', UserName: user });
      return { accessKey: element(answer, 'AccessKeyId'), secretKey: element(answer, 'SecretAccessKey') };
    },
    async deleteKey(user, accessKey) {
      await iam({ Action: 'DeleteAccessKey', UserName: user, AccessKeyId: accessKey });
    },
    async setRolePolicy(role, policy) {
      await iam({
        Action: 'PutRolePolicy',
        RoleName: role,
        PolicyName: 'own',
        PolicyDocument: JSON.stringify(policy),
      });
    },
    async createSession(keys, roleArn, seconds) {
      const answer = await query('sts', keys, {
        Action: 'AssumeRole',
        Version: '2011-06-15',
        RoleArn: roleArn,
        RoleSessionName: 'by-hand',
        DurationSeconds: String(seconds),
      });
      return {
        accessKey: element(answer, 'AccessKeyId'),
        secretKey: element(answer, 'SecretAccessKey'),
        sessionToken: element(answer, 'SessionToken'),
      };
    },
  };
}

function element(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  if (text === undefined) throw new Error(`no <${name}> in ${xml}`);
  return text;
}
