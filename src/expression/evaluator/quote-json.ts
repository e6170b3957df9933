import type { Run } from '../value.ts';
import { costOfNewText } from './cost.ts';

/** Shorter texts cost no more than the step of their value, and are scanned faster here than by the engine. */
const SHORT = 48;
/** An escaped text may be six times as long: a long one is made in slices, each charged separately. */
const SLICE = 1 << 20;

/**
 * A text as a JSON string, quotes included. Valid JSON whatever the text holds: half a surrogate pair is escaped, so that it
 * survives UTF-8 and reads back as it was.
 */
export function quoteJson(text: string, run: Run): string {
  if (text.length < SHORT && isPlain(text)) return `"${text}"`;
  if (text.length > SLICE) return quoteLong(text, run);
  const quoted = JSON.stringify(text);
  run.step(costOfNewText(quoted.length));
  return quoted;
}

/** Without anything that JSON escapes. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit === 0x22 || unit === 0x5c || (unit >= 0xd800 && unit <= 0xdfff)) return false;
  }
  return true;
}

function quoteLong(text: string, run: Run): string {
  const pieces = ['"'];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + SLICE, text.length);
    // A pair of surrogates stays together, or both halves would be escaped.
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end++;
    const quoted = JSON.stringify(text.slice(at, end));
    run.step(costOfNewText(quoted.length));
    pieces.push(quoted.slice(1, -1));
    at = end;
  }
  pieces.push('"');
  return pieces.join('');
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
