import { isUtf8 } from 'node:buffer';
import { percentDecode } from '../percent-decode.ts';

/** Characters that Envoy, a policy and a backend may read differently: `/`, `\`, `.`, controls. */
const AMBIGUOUS_ESCAPE = /%(?:2[ef]|5c|[01][0-9a-f]|7f)/i;
/** A percent sign that begins no escape, as in `%u002e`. */
const NO_ESCAPE = /%(?![0-9a-fA-F]{2})/;
/** A path that is encoded this often hides something. */
const MAX_DECODINGS = 4;
const ESCAPES = /(?:%[0-9a-fA-F]{2})+/g;

/** Segments of plain characters, none empty except the last, none of dots only: no rule below applies. */
const PLAIN = /^\/(?:(?!\.\.?(?:\/|$))[\w~!$&'()+,=:@.-]+\/)*(?:(?!\.\.?$)[\w~!$&'()+,=:@.-]+)?$/;

/**
 * Why a request path is ambiguous, so that a verdict about it may be about a path other than the one that the
 * backend reads; undefined: it is not. `path` is without query.
 */
export function pathRefusal(path: string): string | undefined {
  if (PLAIN.test(path)) return undefined;
  if (!path.startsWith('/')) return 'the path does not begin with /';
  if (path.includes('\\')) return 'the path has a backslash';
  if (/[^\x21-\x7e]/.test(path)) return 'the path has a character that is not visible ASCII';
  if (path.includes('#')) return 'the path has a fragment';
  if (path.includes('*')) return 'the path has an asterisk, which a policy that repeats it would read as a wildcard';
  if (NO_ESCAPE.test(path)) return 'the path has a percent sign without two hexadecimal digits';
  // Checked after each decoding: only the first decoding turns `%252%66` into `%2f`.
  for (let reading = path, depth = 0; depth < MAX_DECODINGS; depth++) {
    const refusal = escapeRefusal(reading) ?? segmentRefusal(reading.slice(1).split('/'));
    const decoded = percentDecode(reading);
    if (refusal !== undefined || decoded === reading) return refusal;
    reading = decoded;
  }
  return 'the path is encoded too many times';
}

function escapeRefusal(path: string): string | undefined {
  if (AMBIGUOUS_ESCAPE.test(path)) return 'the path has an encoded slash, backslash, dot or control character';
  for (const [run] of path.matchAll(ESCAPES)) {
    if (!isUtf8(Buffer.from(run.replaceAll('%', ''), 'hex'))) return 'the path has encoded bytes that are not UTF-8';
  }
  return undefined;
}

/** Parameters (`;a=b`) are cut first: some servers do so before they resolve dot segments. */
function segmentRefusal(segments: readonly string[]): string | undefined {
  for (const [index, segment] of segments.entries()) {
    const name = segment.split(';', 1)[0] ?? '';
    if (name === '.' || name === '..') return 'the path has a dot segment';
    const isLast = index === segments.length - 1;
    if (name === '' && !(isLast && segment === '')) return 'the path has an empty segment';
  }
  return undefined;
}

/** An unambiguous method: the standard ones, and tokens in upper case such as PROPFIND or M-SEARCH. */
export function methodRefusal(method: string): string | undefined {
  return /^[A-Z]+(?:-[A-Z]+)*$/.test(method) ? undefined : 'the method is not a word in upper case';
}
