const NAME_START =
  ':A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}' +
  '\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}';

/** A name at `lastIndex`. */
export const NAME = new RegExp(
  `[${NAME_START}][${NAME_START}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]*`,
  'uy',
);
/** What XML 1.0 does not allow anywhere, half surrogate pairs included. */
export const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const REFERENCE = /&(?:#([0-9]{1,64})|#x([0-9A-Fa-f]{1,64})|([^\s;&<]{1,32}));/y;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Replaces references to characters and to the five predefined entities; `fail` makes the error for any other `&`. */
export function expandReferences(raw: string, fail: (message: string) => Error): string {
  let result = '';
  let start = 0;
  for (let at = raw.indexOf('&'); at !== -1; at = raw.indexOf('&', start)) {
    REFERENCE.lastIndex = at;
    const match = REFERENCE.exec(raw);
    if (match === null) throw fail('"&" does not start a reference; write &amp;');
    result += raw.slice(start, at) + expand(match, fail);
    start = at + match[0].length;
  }
  return result + raw.slice(start);
}

function expand([, decimal, hex, name]: RegExpExecArray, fail: (message: string) => Error): string {
  if (name !== undefined) {
    const char = ENTITIES.get(name);
    if (char === undefined) throw fail(`the entity ${name} is not known`);
    return char;
  }
  const code = decimal !== undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex ?? '', 16);
  const char = code <= 0x10ffff ? String.fromCodePoint(code) : '\0';
  if (FORBIDDEN.test(char)) throw fail('a reference to a character that XML does not allow');
  return char;
}
