import { hash, randomBytes } from 'node:crypto';
import { invocationDefaults } from '../defaults.ts';
import type { AssumedRole, CredentialSource } from '../types.ts';

/** Makes keys of maps useless to anyone who reads them in a dump. */
const salt = randomBytes(16).toString('base64');
const MAX_LABEL = 300;

/** Distinguishes identities without showing their parts. */
export function identityKey(...parts: readonly (string | number | undefined)[]): string {
  return hash('sha256', salt + JSON.stringify(parts.map((part) => part ?? null)), 'base64');
}

/** All roles, in the order in which they are assumed. */
export function rolesOf({ roleChain, role }: CredentialSource): readonly AssumedRole[] {
  if (roleChain === undefined || roleChain.length === 0) return role === undefined ? [] : [role];
  return role === undefined ? roleChain : [...roleChain, role];
}

/** E.g. `static keys …MPLE`: as much of the key id as AWS's own tools show, and nothing of the secret. */
export function keysLabel(accessKey: string): string {
  return `static keys …${accessKey.length < 16 ? '' : accessKey.slice(-4)}`;
}

/** E.g. `role arn:aws:iam::222222222222:role/b of role arn:aws:iam::111111111111:role/a of the default chain`. */
export function roleLabel({ roleArn, roleSessionName }: AssumedRole, base: string, region: string): string {
  const session = roleSessionName === invocationDefaults.roleSessionName ? '' : ` as ${roleSessionName}`;
  const own = `role ${roleArn}${session}`;
  const on = base.startsWith('role ') ? base : `${base} in ${region}`;
  return `${own} of ${on}`.slice(0, MAX_LABEL);
}
