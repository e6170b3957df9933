import { quote } from '../json-text.ts';

/** Callers choose names: the number and length of kept ones are limited. */
const MAX_KEPT = 512;
const MAX_LENGTH = 64;
const kept = new Map<string, string>();

/** `content-type` as the JSON key `"Content-Type":`, each part with a capital, as Go's http.CanonicalHeaderKey has it. */
export function canonicalKey(name: string): string {
  const known = kept.get(name);
  if (known !== undefined) return known;
  const key = `${quote(canonicalName(name))}:`;
  if (kept.size < MAX_KEPT && name.length <= MAX_LENGTH) kept.set(name, key);
  return key;
}

function canonicalName(name: string): string {
  return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}
