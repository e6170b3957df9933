import { findValues } from './find-values.ts';

/** Replaces a value that is not shown. */
export const MASKED = '[masked]';

/** Returns a text without the values, in whatever encoding they occur. */
export type Mask = (text: string) => string;

/**
 * A mask of these values. If a value is JSON, its strings and numbers are masked too, because a payload may have them in other
 * places; if it has several lines, such as a PEM key, each line. Blank values are ignored.
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

/** A copy of data with each string masked. Names of fields stay: they must not come from a caller or a function. */
export function maskData(data: unknown, mask: Mask): unknown {
  if (typeof data === 'string') return mask(data);
  if (Array.isArray(data)) return data.map((item) => maskData(item, mask));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, maskData(value, mask)]));
}

/** Short parts, such as the number 1, would mask half of every text. */
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
