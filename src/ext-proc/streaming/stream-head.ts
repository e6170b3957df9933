import { finalStatus, hasNoBody, isHeaderName, isHeaderValue, isOfConnection } from '../../http-syntax.ts';
import { PolicyFailure, type StreamedAnswer } from '../../policy/index.ts';

/** Status and headers of a streamed answer, as Envoy can send them. */
export interface StreamHead {
  readonly status: number;
  /** Distinct names. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The second `set-cookie` and all after it: Envoy keeps the last of equal names, so they go another way. */
  readonly cookies: readonly string[];
  /** A body would become the next response on the connection (docs/notes/envoy.md). */
  readonly bodiless: boolean;
}

/**
 * Envoy checks nothing of a streamed answer: neither a content-length against the body nor whether there may be a body, and
 * invalid headers are an empty 500. Throws PolicyFailure.
 */
export function streamHead(
  { status, headers }: Pick<StreamedAnswer, 'status' | 'headers'>,
  method: string,
): StreamHead {
  if (!Number.isInteger(status) || status < finalStatus.lowest || status > finalStatus.highest) {
    throw new PolicyFailure('AWS_LAMBDA_INVALID_STATUS_CODE', { cause: new Error(`${status} is not a final status`) });
  }
  const withoutBody = hasNoBody(status);
  const joined = new Map<string, string>();
  const cookies: string[] = [];
  for (const [original, value] of headers) {
    const name = original.toLowerCase();
    if (!isHeaderName(name)) throw invalid('a header name', name);
    if (!isHeaderValue(value)) throw invalid('the value of the header', name);
    if (isOfConnection(name) || (withoutBody && name === 'content-type')) continue;
    const before = joined.get(name);
    if (before === undefined) joined.set(name, value);
    else if (name === 'set-cookie') cookies.push(value);
    else joined.set(name, `${before}, ${value}`);
  }
  return { status, headers: [...joined], cookies, bodiless: withoutBody || method === 'HEAD' };
}

function invalid(what: string, name: string): PolicyFailure {
  const cause = new Error(`${what} ${JSON.stringify(name)} of the streamed answer is not valid`);
  return new PolicyFailure('AWS_LAMBDA_INVALID_RESPONSE', { cause });
}
