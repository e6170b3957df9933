import type { X509Certificate } from 'node:crypto';

/** Which of the CA's client certificates are accepted. */
export interface ClientNames {
  fits(name: CertificateName): boolean;
}

/** One subject alternative name. */
export interface CertificateName {
  readonly kind: 'DNS' | 'URI';
  readonly value: string;
}

/**
 * Reads `--tls-client-name` globs. One with a colon is for URIs (`spiffe://example.org/ns/edge/sa/*`), others are for DNS
 * names. `*` matches any text without a `/` in a URI, without a `.` in a DNS name. URIs are case-sensitive.
 */
export function clientNames(globs: readonly string[]): ClientNames {
  const patterns = globs.map(compile);
  return { fits: (name) => patterns.some((pattern) => pattern.kind === name.kind && pattern.matches(name.value)) };
}

/** True if a DNS name or URI of the certificate matches. The common name does not count. */
export function certificateFits(certificate: X509Certificate | undefined, names: ClientNames): boolean {
  if (certificate?.subjectAltName === undefined) return false;
  return alternativeNames(certificate.subjectAltName).some((name) => names.fits(name));
}

interface Pattern {
  readonly kind: 'DNS' | 'URI';
  matches(value: string): boolean;
}

function compile(glob: string): Pattern {
  const kind = glob.includes(':') ? 'URI' : 'DNS';
  const border = kind === 'URI' ? '/' : '.';
  const parts = normal(kind, glob).split('*');
  return { kind, matches: (value) => fits(normal(kind, value), parts, border) };
}

function normal(kind: 'DNS' | 'URI', text: string): string {
  return kind === 'DNS' ? text.toLowerCase().replace(/\.$/, '') : text;
}

/** In time linear in the name for each part: names and globs are short, and neither is trusted. */
function fits(value: string, parts: readonly string[], border: string): boolean {
  const [first = '', ...rest] = parts;
  if (!value.startsWith(first)) return false;
  if (rest.length === 0) return value === first;
  /** Where the text before the next part may end. */
  let ends = new Set([first.length]);
  for (const [index, part] of rest.entries()) {
    const next = new Set<number>();
    const isLast = index === rest.length - 1;
    for (const end of ends) {
      for (let at = end; at <= value.length; at++) {
        if (value.startsWith(part, at) && (!isLast || at + part.length === value.length)) next.add(at + part.length);
        if (value[at] === border) break;
      }
    }
    ends = next;
  }
  return ends.size > 0;
}

/**
 * Node writes the names as `DNS:a, URI:"b\u002cc"`: a value with a comma, a quote or another special character is a JSON text. A name
 * in another form, and all after it, is left out: it matches nothing.
 */
function alternativeNames(text: string): readonly CertificateName[] {
  const found: CertificateName[] = [];
  const entry = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;
  while (entry.lastIndex < text.length) {
    const match = entry.exec(text);
    if (match === null) break;
    const [, kind, written = ''] = match;
    const value = unquoted(written);
    if (value !== undefined && (kind === 'DNS' || kind === 'URI')) found.push({ kind, value });
  }
  return found;
}

function unquoted(written: string): string | undefined {
  if (!written.startsWith('"')) return written;
  try {
    return String(JSON.parse(written));
  } catch {
    return undefined;
  }
}
