import { InvocationError } from '../invocation-error.ts';

const MAX_TEXT = 1_000;

/** No credentials, with the reason: the text for the log may name ARNs, the text for the caller names only the service. */
export function credentialError(what: string, cause: unknown): InvocationError {
  if (cause instanceof InvocationError) return cause;
  const { name, message, statusCode, requestId } = describe(cause);
  const text = `${what}: ${name === undefined ? '' : `${name}: `}${message}`;
  // A log shows causes too: a cause with nothing but its message would repeat that message.
  const isRepeated = cause instanceof Error && cause.name === 'Error' && text.endsWith(cause.message);
  return new InvocationError(statusCode === undefined ? 'no-credentials' : 'role-refused', {
    message: text,
    errorType: name,
    statusCode,
    requestId,
    cause: isRepeated ? cause.cause : cause,
  });
}

interface Described {
  readonly name: string | undefined;
  readonly message: string;
  readonly statusCode: number | undefined;
  readonly requestId: string | undefined;
}

/** An error of the AWS SDK, as far as a log needs it. */
function describe(error: unknown): Described {
  if (!(error instanceof Error)) {
    return { name: undefined, message: String(error), statusCode: undefined, requestId: undefined };
  }
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  const fields = typeof metadata === 'object' && metadata !== null ? metadata : {};
  const statusCode =
    'httpStatusCode' in fields && typeof fields.httpStatusCode === 'number' ? fields.httpStatusCode : undefined;
  const requestId = 'requestId' in fields && typeof fields.requestId === 'string' ? fields.requestId : undefined;
  const name = error.name === 'Error' ? undefined : error.name;
  return { name, message: firstLine(error.message || String(error.cause ?? '')), statusCode, requestId };
}

/** AWS repeats the whole canonical request, session token included, when a signature does not match. */
function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').slice(0, MAX_TEXT);
}
