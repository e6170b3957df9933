const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

/**
 * How a number is written in a JSON text that JSON.parse has accepted: names lead into maps, indexes into lists.
 * Steps over everything else without making values of it.
 */
export function numberSource(text: string, steps: readonly (string | number)[]): string {
  let at = skipBlanks(text, 0);
  for (const step of steps) at = typeof step === 'string' ? findMember(text, at, step) : findElement(text, at, step);
  return text.slice(at, skipValue(text, at));
}

/** Where the value of a name starts: of the last one, when a name appears twice. */
function findMember(text: string, map: number, name: string): number {
  let found = map;
  for (let at = skipBlanks(text, map + 1); text.charCodeAt(at) === QUOTE; ) {
    const end = skipString(text, at);
    const raw = text.slice(at + 1, end - 1);
    const value = skipBlanks(text, skipBlanks(text, end) + 1);
    if (raw === name || (raw.includes('\\') && JSON.parse(text.slice(at, end)) === name)) found = value;
    at = behindComma(text, skipValue(text, value));
  }
  return found;
}

function findElement(text: string, list: number, index: number): number {
  let at = skipBlanks(text, list + 1);
  for (let count = 0; count < index; count++) at = behindComma(text, skipValue(text, at));
  return at;
}

function behindComma(text: string, from: number): number {
  const at = skipBlanks(text, from);
  return text.charCodeAt(at) === COMMA ? skipBlanks(text, at + 1) : at;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 0x20) at++;
  return at;
}

function skipValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return skipString(text, from);
  if (first === OPEN_MAP || first === OPEN_LIST) return skipNested(text, from);
  let at = from;
  for (let char = first; at < text.length; char = text.charCodeAt(++at)) {
    if (char === COMMA || char === CLOSE_LIST || char === CLOSE_MAP || char <= 0x20) break;
  }
  return at;
}

function skipNested(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) at = skipString(text, at) - 1;
    else if (char === OPEN_MAP || char === OPEN_LIST) depth++;
    else if ((char === CLOSE_MAP || char === CLOSE_LIST) && --depth === 0) return at + 1;
  }
  return text.length;
}

/** The position after the closing quote: the first one with an even number of backslashes before it. */
function skipString(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); ; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((end - before) % 2 === 1) return end + 1;
  }
}
