/**
 * `tracestate` of W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context/#tracestate-header): what other vendors keep
 * in addition to the trace. It is passed on unchanged, within limits, or omitted as a whole.
 */

/** Characters that every vendor should pass on. */
const MAX_LENGTH = 512;
const MAX_MEMBERS = 32;
/** A key, or a tenant's with its vendor; then up to 256 printable characters without `,` and `=`, the last one not a blank. */
const MEMBER =
  /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** All values of the header as one text. Undefined: there is none, or it is invalid or too long. */
export function readTraceState(values: readonly string[] | undefined): string | undefined {
  if (values === undefined) return undefined;
  let length = 0;
  for (const value of values) length += value.length;
  if (length === 0 || length > MAX_LENGTH) return undefined;
  const members: string[] = [];
  const keys = new Set<string>();
  for (const part of values.join(',').split(',')) {
    const member = part.replaceAll(/^[ \t]+|[ \t]+$/g, '');
    // Empty members are allowed and ignored.
    if (member === '') continue;
    const key = member.slice(0, member.indexOf('='));
    if (!MEMBER.test(member) || keys.has(key)) return undefined;
    keys.add(key);
    members.push(member);
  }
  if (members.length === 0 || members.length > MAX_MEMBERS) return undefined;
  return members.join(',');
}
