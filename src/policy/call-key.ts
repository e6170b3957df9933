import { type KeyParts, resultKey } from '../cache/index.ts';
import type { CredentialSource, Invocation } from '../lambda/index.ts';
import type { CacheConfiguration } from './api-policies.ts';

type CalledAs = Pick<
  Invocation,
  'endpoint' | 'credentials' | 'functionName' | 'region' | 'qualifier' | 'tenantId' | 'clientContext'
>;

/** The last call of a step, and the identity that signed it: usually the same for all of its requests. */
interface LastCall {
  readonly api: string;
  readonly call: CalledAs;
  readonly key: string;
}

const lastCalls = new WeakMap<CacheConfiguration, LastCall>();

/**
 * A key of everything that distinguishes a call except the request itself. It is only computed if the call differs from the step's last
 * one. Calls with credentials from a request are not remembered.
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

/** The called function: the same request to another function has another key. */
export function callParts(
  api: string,
  { space }: CacheConfiguration,
  { functionName, region, qualifier, tenantId, clientContext }: CalledAs,
): KeyParts {
  return [api, space, functionName, qualifier, region, tenantId, clientContext];
}

/** The identity: the same request with another identity has another key. The number of roles comes first, so that lists cannot be confused. */
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
