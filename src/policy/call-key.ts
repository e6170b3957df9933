import { type KeyParts, resultKey } from '../cache/index.ts';
import type { CredentialSource, Invocation } from '../lambda/index.ts';
import type { CacheConfiguration } from './api-policies.ts';

type CalledAs = Pick<
  Invocation,
  'endpoint' | 'credentials' | 'functionName' | 'region' | 'qualifier' | 'tenantId' | 'clientContext'
>;

/** What is called as whom, by one step: mostly the same for all of its requests. */
interface LastCall {
  readonly api: string;
  readonly call: CalledAs;
  readonly key: string;
}

const lastCalls = new WeakMap<CacheConfiguration, LastCall>();

/**
 * A key of all that tells one call from another beside its request, made anew only where it differs from the one before. Keys that
 * a request brings along are not kept.
 */
export function callKey(
  api: string,
  cache: CacheConfiguration,
  constantCredentials: CredentialSource | undefined,
  invocation: Invocation,
): string {
  const { credentials, endpoint, functionName, region, qualifier, tenantId, clientContext } = invocation;
  const last = lastCalls.get(cache);
  if (last !== undefined && last.api === api && isSameCall(last.call, invocation)) return last.key;
  const key = resultKey([endpoint, ...callParts(api, cache, invocation), ...identityParts(credentials)]);
  if (credentials === constantCredentials) {
    const call = { endpoint, credentials, functionName, region, qualifier, tenantId, clientContext };
    lastCalls.set(cache, { api, call, key });
  }
  return key;
}

function isSameCall(a: CalledAs, b: CalledAs): boolean {
  return (
    a.credentials === b.credentials &&
    a.functionName === b.functionName &&
    a.region === b.region &&
    a.endpoint === b.endpoint &&
    a.qualifier === b.qualifier &&
    a.tenantId === b.tenantId &&
    a.clientContext === b.clientContext
  );
}

/** What is called: the same request to another function is another. */
export function callParts(
  api: string,
  { space }: CacheConfiguration,
  { functionName, region, qualifier, tenantId, clientContext }: CalledAs,
): KeyParts {
  return [api, space, functionName, qualifier, region, tenantId, clientContext];
}

/** As whom: the same request of somebody else is another. Length of the list first: roles follow each other, and the key follows them. */
function identityParts({ accessKey, secretKey, sessionToken, roleChain = [], role }: CredentialSource) {
  const roles = role === undefined ? roleChain : [...roleChain, role];
  return [
    accessKey,
    secretKey,
    sessionToken,
    String(roles.length),
    ...roles.flatMap(({ roleArn, roleSessionName, externalId }) => [roleArn, roleSessionName, externalId]),
  ];
}
