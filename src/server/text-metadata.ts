import type { IncomingHttpHeaders } from 'node:http2';

/**
 * gRPC metadata that selects a stream's policies. node:http2 and grpc-js lose some of what a client sent; a stream that loses
 * its `x-lambda-policies` would run under other policies, or none.
 */
export interface TextMetadata {
  /** Prefix of this server's own names. */
  readonly prefix: string;
  /** By name. In a `json` text a tab is a blank; a `name` stays what was sent. */
  readonly kinds: Readonly<Record<string, 'name' | 'json'>>;
  /** Set to the names with the prefix that are none of `kinds`, e.g. `x-lambda-api-bin` or a misspelt one. */
  readonly unknown: string;
}

/**
 * Brings the metadata through grpc-js, which takes printable ASCII only and drops an entry that holds anything else:
 * blanks at the edges are removed, other characters become JSON escapes, which JSON reads as the same text and which make a name
 * that does not exist. Several values of one name stay separate; node:http2 had joined them with a comma.
 *
 * `raw` is what the `stream` event gives as its last argument: names and values in turn.
 */
export function keepTextMetadata(headers: IncomingHttpHeaders, raw: readonly string[], metadata: TextMetadata): void {
  let found: Map<string, string[]> | undefined;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    if (!name.startsWith(metadata.prefix)) continue;
    found ??= new Map();
    const values = found.get(name);
    if (values === undefined) found.set(name, [raw[i + 1] ?? '']);
    else values.push(raw[i + 1] ?? '');
  }
  if (found === undefined) return;
  const unknown: string[] = [];
  for (const [name, values] of found) {
    const kind = Object.hasOwn(metadata.kinds, name) ? metadata.kinds[name] : undefined;
    if (kind === undefined) unknown.push(name);
    else headers[name] = values.length === 1 ? printable(values[0] ?? '', kind) : values.map((v) => printable(v, kind));
  }
  // Set only by the server: a value that a client sends under this name counts as unknown.
  if (unknown.length > 0) headers[metadata.unknown] = unknown.map((name) => printable(name, 'name')).join(' ');
}

const NOT_PRINTABLE = /[^\x20-\x7e]/;

function printable(bytes: string, kind: 'name' | 'json'): string {
  // Blanks are not an absent value: they must not select what an empty or missing value selects.
  const trimmed = trim(bytes) || bytes.slice(0, 1).replace('\t', ' ');
  if (!NOT_PRINTABLE.test(trimmed)) return trimmed;
  // node:http2 gives each byte as one character; Envoy sends the UTF-8 of its configuration.
  const text = Buffer.from(trimmed, 'latin1').toString('utf8');
  const plain = kind === 'json' ? text.replaceAll('\t', ' ') : text;
  return plain.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** In linear time; a regular expression for blanks at the end is not linear. */
function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text, from)) from++;
  while (to > from && isBlank(text, to - 1)) to--;
  return text.slice(from, to);
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}
