/**
 * The positions of the units of a string's value in the source, for all string styles of YAML and JSON.
 * Precise enough for errors: if a style folds lines, the nearest position is reported, never one outside the scalar.
 */
export interface ScalarStyle {
  /** The position of the first unit in a scalar that begins at `start`. */
  readonly first: number;
  /** The position of the unit after the one at `at`. */
  after(at: number): number;
}

/** Of the unit `offset`. */
export function scalarOffset(text: string, { first, after }: ScalarStyle, offset: number): number {
  let at = first;
  for (let unit = 0; unit < offset && at < text.length; unit++) at = after(at);
  return at;
}

export function quotedScalar(text: string, start: number): ScalarStyle {
  // An escaped line break is not a unit.
  const settle = (from: number): number => {
    let at = from;
    while (text[at] === '\\' && (text[at + 1] === '\n' || text[at + 1] === '\r')) {
      at = skipIndent(text, text.indexOf('\n', at));
    }
    return at;
  };
  return {
    first: settle(start + 1),
    after(at) {
      if (text[at] === '\\') return settle(at + 2 + (ESCAPE_DIGITS.get(text[at + 1] ?? '') ?? 0));
      return settle(isBreak(text, at) ? skipIndent(text, at) : at + 1);
    },
  };
}

const ESCAPE_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

export function singleQuotedScalar(text: string, start: number): ScalarStyle {
  return {
    first: start + 1,
    after(at) {
      if (isBreak(text, at)) return skipIndent(text, at);
      return at + (text.startsWith("''", at) ? 2 : 1);
    },
  };
}

/** Plain scalars, which fold line breaks into spaces. */
export function plainScalar(text: string, start: number): ScalarStyle {
  return { first: start, after: (at) => (isBreak(text, at) ? skipIndent(text, at) : at + 1) };
}

/** `|` and `>`: `start` is at the indicator; each line of the value follows the block's indentation. */
export function blockScalar(text: string, start: number): ScalarStyle {
  const begin = text.indexOf('\n', start) + 1;
  if (begin === 0) return { first: start, after: () => start };
  const indent = /^(?:[ \t]*\r?\n)*( *)/.exec(text.slice(begin, begin + 4096))?.[1]?.length ?? 0;
  return {
    first: begin + lineIndent(text, begin, indent),
    after(at) {
      if (!isBreak(text, at)) return at + 1;
      const next = text.indexOf('\n', at) + 1;
      return next + lineIndent(text, next, indent);
    },
  };
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
