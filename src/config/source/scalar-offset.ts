/**
 * Where the unit `offset` of a string's value stands in the source, for the ways in which YAML and JSON write strings.
 * Good enough for an error's place: where a style folds lines the nearest place is told, never one outside the scalar.
 */
export function quotedOffset(text: string, start: number, offset: number): number {
  let at = start + 1;
  for (let unit = 0; unit < offset && at < text.length; ) {
    if (text[at] !== '\\') {
      at = isBreak(text, at) ? skipIndent(text, at) : at + 1;
      unit++;
      continue;
    }
    const escaped = text[at + 1];
    if (escaped === '\n' || escaped === '\r') {
      at = skipIndent(text, text.indexOf('\n', at));
      continue;
    }
    at += 2 + (ESCAPE_DIGITS.get(escaped ?? '') ?? 0);
    unit++;
  }
  return at;
}

const ESCAPE_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

export function singleQuotedOffset(text: string, start: number, offset: number): number {
  let at = start + 1;
  for (let unit = 0; unit < offset && at < text.length; unit++) {
    if (isBreak(text, at)) at = skipIndent(text, at);
    else at += text.startsWith("''", at) ? 2 : 1;
  }
  return at;
}

/** Plain scalars, which fold line breaks into spaces. */
export function plainOffset(text: string, start: number, offset: number): number {
  let at = start;
  for (let unit = 0; unit < offset && at < text.length; unit++) {
    at = isBreak(text, at) ? skipIndent(text, at) : at + 1;
  }
  return at;
}

/** `|` and `>`: `start` is at the indicator; each line of the value follows the block's indentation. */
export function blockOffset(text: string, start: number, offset: number): number {
  let at = text.indexOf('\n', start) + 1;
  if (at === 0) return start;
  const indent = /^(?:[ \t]*\r?\n)*( *)/.exec(text.slice(at, at + 4096))?.[1]?.length ?? 0;
  at += lineIndent(text, at, indent);
  for (let unit = 0; unit < offset && at < text.length; unit++) {
    if (!isBreak(text, at)) {
      at++;
      continue;
    }
    at = text.indexOf('\n', at) + 1;
    at += lineIndent(text, at, indent);
  }
  return at;
}

function lineIndent(text: string, at: number, indent: number): number {
  let count = 0;
  while (count < indent && text[at + count] === ' ') count++;
  return count;
}

function isBreak(text: string, at: number): boolean {
  return text[at] === '\n' || (text[at] === '\r' && text[at + 1] === '\n');
}

function skipIndent(text: string, at: number): number {
  let next = text.indexOf('\n', at) + 1;
  while (text[next] === ' ' || text[next] === '\t') next++;
  return next;
}
