/**
 * Search for a text in a text. The engine's own search is the fastest for usual texts, but takes the product of both
 * lengths for texts that nearly fit; where that product is large, Knuth, Morris and Pratt's takes the sum.
 */

/** Of a wanted text this short, the product is a small multiple of the text. */
const SHORT = 16;
const CHEAP_PRODUCT = 1 << 16;

const isCheap = (text: number, wanted: number) => wanted <= SHORT || text * wanted <= CHEAP_PRODUCT;

/** As String.indexOf. */
export function findText(text: string, wanted: string, from = 0): number {
  const start = Math.max(0, from);
  if (wanted.length > text.length - start || isCheap(text.length - start, wanted.length))
    return text.indexOf(wanted, start);
  return search(text, wanted, borders(wanted, false), start);
}

/** As String.lastIndexOf; a start below 0 finds nothing but the empty text. */
export function findLastText(text: string, wanted: string, from = text.length): number {
  const end = Math.min(text.length, from + wanted.length);
  if (wanted.length > end || isCheap(end, wanted.length)) return text.lastIndexOf(wanted, from);
  return searchBackwards(text, wanted, borders(wanted, true), end);
}

export const includesText = (text: string, wanted: string): boolean => findText(text, wanted) >= 0;

/** As String.split by a text that is not empty. */
export function splitText(text: string, wanted: string): string[] {
  if (wanted.length > text.length || isCheap(text.length, wanted.length)) return text.split(wanted);
  const table = borders(wanted, false);
  const parts: string[] = [];
  let start = 0;
  for (let at = search(text, wanted, table, 0); at >= 0; at = search(text, wanted, table, start)) {
    parts.push(text.slice(start, at));
    start = at + wanted.length;
  }
  parts.push(text.slice(start));
  return parts;
}

/** For each length of a beginning of the text, the length of its longest border: what begins it and ends it. */
function borders(text: string, backwards: boolean): Int32Array {
  const last = text.length - 1;
  const unit = (at: number) => text.charCodeAt(backwards ? last - at : at);
  const table = new Int32Array(text.length);
  let length = 0;
  for (let at = 1; at < text.length; at++) {
    const code = unit(at);
    while (length > 0 && unit(length) !== code) length = table[length - 1] ?? 0;
    if (unit(length) === code) length++;
    table[at] = length;
  }
  return table;
}

function search(text: string, wanted: string, table: Int32Array, from: number): number {
  let matched = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    while (matched > 0 && wanted.charCodeAt(matched) !== code) matched = table[matched - 1] ?? 0;
    if (wanted.charCodeAt(matched) === code) matched++;
    if (matched === wanted.length) return at - matched + 1;
  }
  return -1;
}

function searchBackwards(text: string, wanted: string, table: Int32Array, end: number): number {
  const last = wanted.length - 1;
  let matched = 0;
  for (let at = end - 1; at >= 0; at--) {
    const code = text.charCodeAt(at);
    while (matched > 0 && wanted.charCodeAt(last - matched) !== code) matched = table[matched - 1] ?? 0;
    if (wanted.charCodeAt(last - matched) === code) matched++;
    if (matched === wanted.length) return at;
  }
  return -1;
}
