import type { PolicyStep } from '../../policy/index.ts';
import type { LoadedPolicies } from '../load-policies.ts';
import { type Call, callOfStep, type FieldNote } from './call.ts';
import { arnOf } from './function-arns.ts';
import { callsOfInline } from './inline-calls.ts';
import { type IamPolicy, lengthOf, policyOf } from './policy-document.ts';
import { type IamOptions, type Signer, Signers } from './signers.ts';
import { assumeActions, trustPolicyOf } from './trust-policy.ts';

/** The policies that one identity needs. An absent field is not needed, or nothing is known that it could allow. */
export interface IdentityPolicies {
  readonly policy?: IamPolicy;
  /** For a role: who may assume it. */
  readonly trustPolicy?: IamPolicy;
  /** For a role: seconds, if it must be longer than AWS's default. */
  readonly maxSessionDuration?: number;
  /** `api.step` */
  readonly usedBy: readonly string[];
}

/** The report is always the same for the same document. */
export interface IamReport {
  /** Null: no step signs with the identity of the machine. */
  readonly machine: IdentityPolicies | null;
  /** By ARN; one with `*` stands for each role that matches. */
  readonly roles: Readonly<Record<string, IdentityPolicies>>;
  /** By the first step that uses them. */
  readonly keys: Readonly<Record<string, IdentityPolicies>>;
  /** Values that depend on a request or a secret, and what the user must still do. */
  readonly notes: readonly string[];
}

export interface ReportedStep {
  readonly api: string;
  readonly step: PolicyStep;
  /** `policies.yaml:7:9 apis.orders.request[0]` */
  readonly place: string;
}

/** AWS's limits in characters, without blanks: of a managed policy, and of the inline policies of a role. */
const MANAGED_LENGTH = 6_144;
const INLINE_LENGTH = 10_240;

/** What IAM must allow for the document, by signer. `steps`: all of the document's, in its order; `inlinePlace`: the place of `inline`. */
export function iamReport(
  { set, rights, surroundings }: Pick<LoadedPolicies, 'set' | 'rights' | 'surroundings'>,
  steps: Iterable<ReportedStep>,
  options: IamOptions,
  inlinePlace: string,
): IamReport {
  const signers = new Signers(options);
  const notes: string[] = [];
  const add = (call: Call, fieldNotes: readonly FieldNote[], name: string, place: string): void => {
    notes.push(...fieldNotes.map(({ field, text }) => `${place}.${field}: ${text}`));
    notes.push(...grant(signers, call, name).map((text) => `${place}: ${text}`));
  };
  for (const { api: name, step, place } of steps) {
    const api = set.byName(name);
    if (api === undefined) continue;
    const { call, notes: own } = callOfStep(api, step.configuration, rights.allow);
    add(call, own, `${name}.${step.name}`, `${place}.configuration`);
  }
  if (rights.inline !== undefined) {
    const variables = new Map<string, unknown>([['dictionaries', surroundings.dictionaries]]);
    for (const { call, notes: own } of callsOfInline(rights.inline, variables)) add(call, own, 'inline', inlinePlace);
  }
  const told = (signer: Signer): IdentityPolicies => policiesOf(signer, options, notes);
  const { machine, roles, keys } = signers;
  return {
    machine: machine === undefined ? null : told(machine),
    roles: Object.fromEntries(roles.map((role) => [role.name, told(role)])),
    keys: Object.fromEntries(keys.map((one) => [one.name, told(one)])),
    notes: [...new Set(notes)],
  };
}

/** Adds the rights that a call needs to its identities. Returns notes about what else AWS requires. */
function grant(signers: Signers, call: Call, name: string): readonly string[] {
  let from: readonly Signer[] = [signers.base(call.accessKey, name)];
  for (const use of call.roles) from = from.flatMap((signer) => signers.assume(signer, use, name));
  return from.flatMap((signer) => {
    signer.usedBy.add(name);
    signer.invoked.add(
      call.namer,
      call.functions.map((one) => arnOf(one, signer.account)),
    );
    const { account } = signer;
    if (!/^\d+$/.test(account)) return [];
    return call.functions.flatMap((one) =>
      one.account === undefined || one.account === account
        ? []
        : [
            `${arnOf(one, account)} is not in account ${account}: the function also needs a resource policy (aws lambda add-permission)`,
          ],
    );
  });
}

function policiesOf(signer: Signer, options: IamOptions, notes: string[]): IdentityPolicies {
  const { name, kind, maxSessionSeconds, usedBy } = signer;
  const who = kind === 'keys' ? `the keys of ${name}` : name;
  const statements = [
    ...signer.invoked.statements('InvokeFunctions', 'lambda:InvokeFunction'),
    ...signer.assumed.statements('AssumeRoles', assumeActions(options)),
  ];
  const policy = statements.length === 0 ? undefined : policyOf(statements);
  if (policy !== undefined && lengthOf(policy) > MANAGED_LENGTH) {
    notes.push(
      `the policy of ${who} has ${lengthOf(policy)} characters: AWS accepts ${MANAGED_LENGTH} in a managed policy and ${INLINE_LENGTH} in the inline policies of a role; split it`,
    );
  }
  const trust = trustPolicyOf(signer, options);
  notes.push(...(trust?.notes ?? []).map((note) => `the trust policy of ${who}: ${note}`));
  return {
    ...(policy === undefined ? {} : { policy }),
    ...(trust === undefined ? {} : { trustPolicy: trust.policy }),
    ...(maxSessionSeconds > 3_600 ? { maxSessionDuration: maxSessionSeconds } : {}),
    usedBy: [...usedBy],
  };
}
