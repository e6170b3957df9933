import type { Invocation, InvocationError } from '../lambda/index.ts';

/** What `check --live` says of one function. */
export interface LiveVerdict {
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/**
 * Why a DryRun was refused, with AWS's own reason and what to do. `identity` is the label of who asked: it shows no secret,
 * and neither do the messages of InvocationError.
 */
export function liveVerdict(error: InvocationError, invocation: Invocation, identity: string): LiveVerdict {
  const { functionName, region, qualifier } = invocation;
  const name = qualifier === undefined ? functionName : `${functionName} (qualifier ${qualifier})`;
  const said = error.message;
  const failed = (message: string): LiveVerdict => ({ severity: 'error', message });
  switch (kindOf(error)) {
    case 'missing':
      return failed(
        `${name} is not in ${region}, in the account of ${identity}: ${said}; correct \`function\`, \`qualifier\` or \`region\`, or give the ARN for a function of another account`,
      );
    case 'denied':
      return failed(
        `${identity} may not invoke ${name} in ${region}: ${said}; allow it \`lambda:InvokeFunction\` on the function`,
      );
    case 'expired':
      return failed(`the credentials of ${identity} have expired: ${said}; get new ones, and try again`);
    case 'unknown-keys':
      return failed(
        `${region} rejects the credentials of ${identity}: ${said}; correct the keys, or \`region\` if they belong to another partition`,
      );
    case 'role':
      return failed(
        `the role cannot be assumed: ${said}; correct \`roleArn\` and \`externalId\`, or the role's trust policy`,
      );
    case 'no-credentials':
      return failed(
        `there are no credentials: ${said}; give this machine an identity (variables, a profile, a role of the container), or set \`accessKey\` and \`secretKey\``,
      );
    case 'throttled':
      return {
        severity: 'warning',
        message: `${name} in ${region} is throttled, so the result is unknown: ${said}; try again`,
      };
    case 'invalid':
      return failed(`${name} in ${region} cannot be called as configured: ${said}`);
    case 'unreached':
      return failed(
        `${name} in ${region} could not be reached: ${said}; correct \`endpoint\`, \`region\`, or the connection to it (proxy, DNS, TLS)`,
      );
    default:
      return failed(`${name} in ${region} could not be checked: ${said}`);
  }
}

type VerdictKind =
  | 'missing'
  | 'denied'
  | 'expired'
  | 'unknown-keys'
  | 'role'
  | 'no-credentials'
  | 'throttled'
  | 'invalid'
  | 'unreached'
  | 'other';

const BY_TYPE: readonly (readonly [pattern: RegExp, kind: VerdictKind])[] = [
  [/^ResourceNotFound/, 'missing'],
  [/^AccessDenied/, 'denied'],
  [/^ExpiredToken|^RequestExpired/, 'expired'],
  [
    /^(?:UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|InvalidToken|IncompleteSignature|MissingAuthentication)/,
    'unknown-keys',
  ],
  [/^(?:TooManyRequests|Throttling)/, 'throttled'],
  [/^(?:InvalidParameterValue|ValidationException|InvalidRequestContent)/, 'invalid'],
];

const BY_FAILURE: Readonly<Partial<Record<InvocationError['failure'], VerdictKind>>> = {
  'role-refused': 'role',
  'no-credentials': 'no-credentials',
  'credentials-timeout': 'no-credentials',
  'invalid-field': 'invalid',
  'invalid-request': 'invalid',
  'invalid-connection-settings': 'invalid',
  'connection-failed': 'unreached',
  'connection-timeout': 'unreached',
  'read-timeout': 'unreached',
  timeout: 'unreached',
  'foreign-status': 'unreached',
  'too-many-sessions': 'throttled',
};

function kindOf({ failure, errorType, statusCode }: InvocationError): VerdictKind {
  const own = BY_FAILURE[failure];
  if (own !== undefined) return own;
  const byType = BY_TYPE.find(([pattern]) => pattern.test(errorType ?? ''))?.[1];
  if (byType !== undefined) return byType;
  if (statusCode === 404) return 'missing';
  return statusCode === 403 ? 'denied' : 'other';
}
