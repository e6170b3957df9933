const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/**
 * Whether a name in a JSON text has an escape. V8 13.6 (Node 24.21) can mistake such a name for another one that it has seen
 * at the same place of an earlier text: after `{"x":1,"\\u006":1}` it reads `{"x":1,"\u0061dmin":1}` as if it had the name
 * `\u006`. Looks only at strings with escapes. For a text that is not JSON the answer means nothing.
 */
export function hasEscapedName(text: string): boolean {
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', at)) {
    at = endOfString(text, at);
    if (text.charCodeAt(afterBlanks(text, at)) === COLON) return true;
  }
  return false;
}

/** The position after the closing quotation mark; the end of the text if there is none. */
export function endOfString(text: string, inside: number): number {
  for (let at = inside; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === BACKSLASH) at++;
    else if (char === QUOTE) return at + 1;
  }
  return text.length;
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (' \t\r\n'.includes(text.charAt(at)) && at < text.length) at++;
  return at;
}
