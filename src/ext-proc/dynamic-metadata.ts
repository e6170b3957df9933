import { cookieKey, METADATA_NAMESPACE, REQUEST_DONE } from '../envoy-names.ts';
import { type Execution, grantData, type Transaction, writeJson } from '../policy/index.ts';
import { type Json, JsonStruct } from './wire/index.ts';

/**
 * `request: done` goes along with the reply that ends the request phase, whether or not anything ran. An RBAC filter after
 * this one lets only such requests continue: a request that Envoy forwarded without the policies stops there.
 */
const done = { [REQUEST_DONE.key]: REQUEST_DONE.value } as const;
const onlyDone = new JsonStruct({ [METADATA_NAMESPACE]: done }, true);
/** For requests whose only entry is a cached result. */
const ofKeptResults = new WeakMap<Execution, JsonStruct>();

/**
 * Variables and invocations so far, under the namespace `lambda-ext-proc`. `requestDone`: see `done`. `cookies`: what a streamed
 * answer has beyond its first, as `cookie2`, `cookie3` and so on, for a `header_mutation` filter.
 */
export function dynamicMetadata(
  transaction: Transaction | undefined,
  requestDone: boolean,
  cookies: readonly string[] = [],
): JsonStruct | undefined {
  const isEmpty =
    transaction === undefined || (transaction.executions.size === 0 && transaction.errorKey === undefined);
  if (isEmpty && cookies.length === 0) return requestDone ? onlyDone : undefined;
  const kept = transaction && requestDone ? keptAlone(transaction) : undefined;
  const known = kept && ofKeptResults.get(kept);
  if (known !== undefined) return known;
  const further = Object.fromEntries(cookies.map((cookie, index) => [cookieKey(index + 2), cookie]));
  if (transaction === undefined) return new JsonStruct({ [METADATA_NAMESPACE]: further });
  const policies = [...transaction.executions].map(([name, execution]): [string, Json] => [
    name,
    { ...execution, durationMs: Math.round(execution.durationMs * 1000) / 1000 },
  ]);
  const json = {
    [METADATA_NAMESPACE]: {
      ...(requestDone && done),
      ...further,
      variables: Object.fromEntries(variablesOf(transaction)),
      policies: Object.fromEntries(policies),
      errorKey: transaction.errorKey,
      authorizer: authorizerOf(transaction),
    },
  };
  const struct = new JsonStruct(json, kept !== undefined);
  if (kept !== undefined) ofKeptResults.set(kept, struct);
  return struct;
}

/** The only execution of a request, if its result was cached: the object is the same for all requests that get it. */
function keptAlone(transaction: Transaction): Execution | undefined {
  const { executions, errorKey, shownGrant } = transaction;
  if (executions.size !== 1 || errorKey !== undefined || shownGrant !== undefined) return undefined;
  const [execution] = executions.values();
  return execution?.cached && variablesOf(transaction).length === 0 ? execution : undefined;
}

/** Characters of a variable, its name included, and of all of them: Envoy keeps them with the request, logs copy them. */
const MAX_VARIABLE = 4_096;
const MAX_VARIABLES = 65_536;

/** A variable that is too long is left out: half of one could mean something else to its reader. */
function variablesOf({ attributes, policies }: Transaction): readonly (readonly [string, string | null])[] {
  let room = MAX_VARIABLES;
  const variables: [string, string | null][] = [];
  for (const [name, value] of attributes) {
    // An authorizer's grant is not text, and is sent under its own name if it is sent.
    if (policies.privateVariables.has(name) || (typeof value === 'object' && value !== null)) continue;
    const text = value === null ? null : String(value);
    const size = name.length + (text?.length ?? 0);
    if (size > Math.min(MAX_VARIABLE, room)) continue;
    room -= size;
    variables.push([name, text]);
  }
  return variables;
}

/** Texts and numbers unchanged; nested values and other numbers as JSON text; without the context if that is too long. */
function authorizerOf({ shownGrant }: Transaction): { readonly [name: string]: Json } | undefined {
  if (shownGrant === undefined) return undefined;
  const entries = [...grantData(shownGrant)].map(([name, value]): [string, Json] => [
    name,
    typeof value === 'object' || typeof value === 'bigint' ? writeJson(value) : (value as string | number | boolean),
  ]);
  if (JSON.stringify(entries).length <= MAX_VARIABLE) return Object.fromEntries(entries);
  return { principalId: shownGrant.principalId };
}
