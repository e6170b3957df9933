/** What a function says about its own failure. */
export interface FunctionErrorFacts {
  readonly type: string | undefined;
  readonly message: string | undefined;
}

/** Longer ones are not read: an error is short, and this is done while requests wait. */
const MAX_PAYLOAD = 256 * 1024;
const MAX_TEXT = 1_024;

/**
 * `errorType` and `errorMessage` of the payload of a failed function, whole: see cutText
 * (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html). Undefined if it is not a Lambda error.
 */
export function functionErrorOf(payload: Uint8Array): FunctionErrorFacts | undefined {
  if (payload.byteLength > MAX_PAYLOAD) return undefined;
  try {
    const data: unknown = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString());
    if (typeof data !== 'object' || data === null) return undefined;
    return { type: textOf(data, 'errorType'), message: textOf(data, 'errorMessage') };
  } catch {
    return undefined;
  }
}

/** The first KB of a text in UTF-8, with no half character at its end. */
export function cutText(text: string): string {
  if (Buffer.byteLength(text) <= MAX_TEXT) return text;
  return `${Buffer.from(text.slice(0, MAX_TEXT)).subarray(0, MAX_TEXT).toString().replace(/�$/, '')}…`;
}

function textOf(data: object, name: string): string | undefined {
  const value: unknown = Object.hasOwn(data, name) ? Reflect.get(data, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}
