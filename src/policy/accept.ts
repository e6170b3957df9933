interface AcceptEntry {
  readonly type: string;
  readonly q: number;
  readonly wildcard: boolean;
}

/**
 * Media types of Accept headers, the most wanted first: by q, on a tie wildcards last, else as written. Parameters
 * other than q are ignored; entries with q=0 are left out.
 */
export function parseAccept(values: readonly string[]): readonly string[] {
  const entries: AcceptEntry[] = [];
  for (const value of values) {
    for (const part of value.split(',')) {
      const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
      if (type === '') continue;
      const q = quality(parameters);
      if (q > 0) entries.push({ type, q, wildcard: type.includes('*') });
    }
  }
  return entries.sort((a, b) => b.q - a.q || Number(a.wildcard) - Number(b.wildcard)).map((entry) => entry.type);
}

function quality(parameters: readonly string[]): number {
  const parameter = parameters.find((text) => /^q\s*=/.test(text));
  if (parameter === undefined) return 1;
  const q = Number(parameter.slice(parameter.indexOf('=') + 1).trim());
  return Number.isFinite(q) ? Math.min(Math.max(q, 0), 1) : 1;
}
