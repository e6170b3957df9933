import type { ApiVariables } from '../../policy/index.ts';
import type { InlineRights } from '../load-policies.ts';
import { iamGlobs } from '../rights/index.ts';
import { type Call, callOfStep, type ReadCall } from './call.ts';
import { functionsOfGlob, functionsOfName } from './function-arns.ts';

/**
 * What inline policies may call: with the identity of `defaults`, or with a role of `inline.roles` that this identity assumes. Inline
 * policies with keys of their own do not use the document's identities, so they are not included.
 */
export function callsOfInline(
  { lists, base, hasFunction }: InlineRights,
  variables: ApiVariables['variables'],
): readonly ReadCall[] {
  const api: ApiVariables = { variables, properties: new Map(), api: { id: null, name: null, version: null } };
  const { call, notes } = callOfStep(api, base, {});
  const own = base.region.constant;
  const regions = [...(own === undefined ? [] : [own]), ...(iamGlobs(lists, 'regions') ?? [])];
  const listed = (iamGlobs(lists, 'functions') ?? []).flatMap((glob) => functionsOfGlob(glob, regions, undefined));
  const name = hasFunction ? base.function.constant : undefined;
  const qualifier = base.texts.qualifier?.constant;
  const called = qualifier === undefined ? undefined : { text: qualifier };
  const named = name === undefined ? [] : functionsOfName(name, regions, called);
  const functions = [...named, ...listed];
  const usual: Call = { ...call, functions, namer: 'inline' };
  const roles = iamGlobs(lists, 'roles') ?? [];
  if (roles.length === 0) return [{ call: usual, notes }];
  // An inline policy with its own `roleArn` keeps the `roleChain` of `defaults`.
  const role = {
    arns: roles,
    namer: 'inline',
    externalId: undefined,
    sessionName: undefined,
    durationSeconds: undefined,
  } as const;
  const chain = base.credentials.role === undefined ? call.roles : call.roles.slice(0, -1);
  return [
    { call: usual, notes },
    { call: { ...usual, roles: [...chain, role] }, notes: [] },
  ];
}
