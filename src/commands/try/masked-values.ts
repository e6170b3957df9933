import type { CredentialSource } from '../../lambda/index.ts';
import type { ApiPolicies } from '../../policy/index.ts';
import type { RecordedRun } from '../../trial/index.ts';

/** Values of a run that no output may show: all values of private variables, and the credentials of its calls. */
export function maskedValues(run: RecordedRun, { privateVariables }: ApiPolicies): readonly string[] {
  return run.steps.flatMap(({ variables, call }) => [
    ...variables.flatMap(([name, value]) => (privateVariables.has(name) && value !== null ? [value] : [])),
    ...(call === undefined ? [] : credentialValues(call.invocation.credentials)),
    ...(call?.invocation.transport.ssl?.trustStorePassword ? [call.invocation.transport.ssl.trustStorePassword] : []),
  ]);
}

function credentialValues({
  accessKey,
  secretKey,
  sessionToken,
  role,
  roleChain = [],
}: CredentialSource): readonly string[] {
  const externalIds = [...roleChain, ...(role === undefined ? [] : [role])].map(({ externalId }) => externalId);
  return [accessKey, secretKey, sessionToken, ...externalIds].flatMap((value) => value ?? []);
}
