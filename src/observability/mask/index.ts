import { findValues } from './find-values.ts';

/** What stands in the place of a value that is not shown. */
export const MASKED = '[masked]';

/** Gives a text without the values, however it writes them. */
export type Mask = (text: string) => string;

/**
 * A mask of these values. Of a value that is itself JSON its texts and numbers count as well, since a payload may have them in
 * other places; of one in lines, as a key in PEM, each line. Blank ones do not count.
 */
export function maskOf(values: Iterable<string>): Mask {
  const all = [...new Set([...values].flatMap(partsOf))].filter((value) => value.trim() !== '');
  if (all.length === 0) return (text) => text;
  return (text) => {
    const ranges = findValues(text, all).sort(([a], [b]) => a - b);
    let shown = '';
    let end = 0;
    for (const [from, to] of ranges) {
      if (from >= end && to > from) shown += text.slice(end, from) + MASKED;
      end = Math.max(end, to);
    }
    return shown + text.slice(end);
  };
}

/** A copy of data with each text of it masked. Names of fields stay: they must not come from a caller or a function. */
export function maskData(data: unknown, mask: Mask): unknown {
  if (typeof data === 'string') return mask(data);
  if (Array.isArray(data)) return data.map((item) => maskData(item, mask));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, maskData(value, mask)]));
}

/** Short parts, as the number 1, would take half of every text with them. */
const LEAST_OF_PART = 4;

function partsOf(value: string): readonly string[] {
  const lines = value.split(/\r?\n/).filter((line) => line.trim().length >= LEAST_OF_PART);
  return [value, value.trim(), ...(lines.length > 1 ? lines : []), ...leavesOf(parsed(value))];
}

function leavesOf(data: unknown): readonly string[] {
  if (typeof data === 'string' || typeof data === 'number') {
    const text = String(data);
    return text.length >= LEAST_OF_PART ? [text] : [];
  }
  return typeof data === 'object' && data !== null ? Object.values(data).flatMap(leavesOf) : [];
}

/** A private number is itself; one in a JSON text is a part. */
function parsed(value: string): unknown {
  try {
    return /^\s*[{["]/.test(value) ? JSON.parse(value) : undefined;
  } catch {
    return undefined;
  }
}
