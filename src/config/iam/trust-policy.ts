import { UNKNOWN_EXTERNAL_ID } from './call.ts';
import { type IamPolicy, type IamStatement, policyOf } from './policy-document.ts';
import type { IamOptions, Signer, Trust } from './signers.ts';

/** Placeholders for the user to replace. These identities do not exist, and AWS refuses a trust policy that names them. */
const UNKNOWN = {
  machine: 'arn:aws:iam::000000000000:role/REPLACE-WITH-THE-ROLE-OF-THE-MACHINE',
  keys: 'arn:aws:iam::000000000000:user/REPLACE-WITH-THE-USER-OF-THE-KEYS',
  role: 'arn:aws:iam::000000000000:role/REPLACE-WITH-THE-ROLE-BEFORE-IT',
} as const;

type Conditions = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Trusted {
  readonly aws: string;
  readonly conditions: Conditions;
  /** What the user must still do. */
  readonly note: string | undefined;
}

export interface TrustPolicy {
  readonly policy: IamPolicy;
  readonly notes: readonly string[];
}

/** Who may assume the role; one statement for each way in which it is assumed. Undefined: nobody assumes it. */
export function trustPolicyOf(role: Signer, options: IamOptions): TrustPolicy | undefined {
  const statements = new Map<string, Omit<IamStatement, 'Sid'>>();
  const notes = new Set<string>();
  for (const trust of role.trusts) {
    const { aws, conditions, note } = trustedOf(trust.signer, options, partitionOfArn(role.name));
    if (note !== undefined) notes.add(note);
    const all = { ...conditions, ...conditionsOf(trust) };
    const statement = {
      Effect: 'Allow',
      Principal: { AWS: aws },
      Action: assumeActions(options),
      ...(Object.keys(all).length === 0 ? {} : { Condition: all }),
    } as const;
    statements.set(JSON.stringify(statement), statement);
  }
  if (statements.size === 0) return undefined;
  const sorted = [...statements].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, statement]) => statement);
  const policy = policyOf(sorted.map((statement, i) => ({ Sid: `AssumedByTheSidecar${i + 1}`, ...statement })));
  return { policy, notes: [...notes] };
}

/** Tags and source identity of a session are passed on to each role that it assumes, and both sides must allow that. */
export function assumeActions({ sessionTags, sourceIdentity }: IamOptions): IamStatement['Action'] {
  if (!sessionTags && !sourceIdentity) return 'sts:AssumeRole';
  return [
    'sts:AssumeRole',
    ...(sourceIdentity ? ['sts:SetSourceIdentity'] : []),
    ...(sessionTags ? ['sts:TagSession'] : []),
  ];
}

function conditionsOf({ externalId, sessionName }: Trust): Conditions {
  const equals = {
    ...(externalId === undefined
      ? {}
      : { 'sts:ExternalId': externalId === 'unknown' ? UNKNOWN_EXTERNAL_ID : externalId.text }),
    ...(sessionName === undefined ? {} : { 'sts:RoleSessionName': sessionName }),
  };
  return Object.keys(equals).length === 0 ? {} : { StringEquals: equals };
}

function trustedOf({ kind, name, account }: Signer, { principal }: IamOptions, partition: string): Trusted {
  if (kind === 'machine') {
    if (principal !== undefined) return { aws: principal, conditions: {}, note: undefined };
    if (account === '*') {
      return { aws: UNKNOWN.machine, conditions: {}, note: 'give the ARN of the machine’s role with --principal' };
    }
    const note = `trusts every identity of account ${account} that is allowed to assume it: give the ARN of the machine’s role with --principal`;
    return { aws: rootOf(account, partition), conditions: {}, note };
  }
  if (kind === 'keys') {
    return {
      aws: UNKNOWN.keys,
      conditions: {},
      note: `write the user or role of the keys of ${name} instead of ${UNKNOWN.keys}`,
    };
  }
  if (!name.includes('*')) return { aws: name, conditions: {}, note: undefined };
  if (account.includes('*')) {
    return { aws: UNKNOWN.role, conditions: {}, note: `write the roles ${name} instead of ${UNKNOWN.role}` };
  }
  // The ARN of a principal cannot contain `*`.
  return { aws: rootOf(account, partition), conditions: { ArnLike: { 'aws:PrincipalArn': name } }, note: undefined };
}

function rootOf(account: string, partition: string): string {
  return `arn:${partition}:iam::${account}:root`;
}

function partitionOfArn(arn: string): string {
  const partition = arn.split(':')[1] ?? '*';
  return partition.includes('*') ? 'aws' : partition;
}
