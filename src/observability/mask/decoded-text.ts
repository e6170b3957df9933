/** A text without one layer of escapes, with the position of each character in the original text. */
export interface DecodedText {
  readonly text: string;
  /** The begin and the end of character i in the original. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

type Escape = { readonly length: number; readonly text: string } | undefined;
/** The escape that begins at `at`, if there is one. */
export type ReadEscape = (text: string, at: number) => Escape;

/** Undefined if there is no such escape. Linear. */
export function decodeText(text: string, read: ReadEscape): DecodedText | undefined {
  const parts: string[] = [];
  const starts = new Uint32Array(text.length);
  const ends = new Uint32Array(text.length);
  let size = 0;
  let at = 0;
  let plainFrom = 0;
  let changed = false;
  while (at < text.length) {
    const found = read(text, at);
    if (found === undefined) {
      starts[size] = at;
      ends[size] = at + 1;
      size++;
      at++;
      continue;
    }
    changed = true;
    parts.push(text.slice(plainFrom, at), found.text);
    // No escape is shorter than the text that it encodes.
    for (let i = 0; i < found.text.length; i++) {
      starts[size] = at;
      ends[size] = at + found.length;
      size++;
    }
    at += found.length;
    plainFrom = at;
  }
  if (!changed) return undefined;
  parts.push(text.slice(plainFrom));
  return { text: parts.join(''), starts, ends };
}

/** Any blank, decoded to nothing. */
export const blank: ReadEscape = (text, at) => (/\s/.test(text[at] ?? '') ? { length: 1, text: '' } : undefined);

const SHORT: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** `\n`, `\"`, `\u0041` of JSON and of YAML's and JavaScript's texts, `\x41`. */
export const jsonEscape: ReadEscape = (text, at) => {
  if (text[at] !== '\\' || at + 1 >= text.length) return undefined;
  const next = text[at + 1] ?? '';
  const digits = next === 'u' ? 4 : next === 'x' ? 2 : 0;
  const hex = text.slice(at + 2, at + 2 + digits);
  if (digits > 0 && hex.length === digits && /^[0-9a-f]+$/i.test(hex)) {
    return { length: 2 + digits, text: String.fromCharCode(Number.parseInt(hex, 16)) };
  }
  return { length: 2, text: SHORT[next] ?? next };
};

/** `%41` and runs of them that are UTF-8. */
export const urlEscape: ReadEscape = (text, at) => {
  if (text[at] !== '%') return undefined;
  const [run = ''] = /^(?:%[0-9a-f]{2}){1,4}/i.exec(text.slice(at, at + 12)) ?? [];
  // The shortest that is one character: 1 to 4 bytes.
  for (let length = 3; length <= run.length; length += 3) {
    const decoded = Buffer.from(run.slice(0, length).replaceAll('%', ''), 'hex').toString('utf8');
    if (!decoded.includes('\ufffd')) return { length, text: decoded };
  }
  return undefined;
};

/** As in a form: a plus is also a blank. */
export const formEscape: ReadEscape = (text, at) => (text[at] === '+' ? { length: 1, text: ' ' } : urlEscape(text, at));

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** `&lt;`, `&#60;`, `&#x3c;` of XML and HTML. */
export const xmlEscape: ReadEscape = (text, at) => {
  if (text[at] !== '&') return undefined;
  const [whole = '', named = '', hex = '', decimal = ''] =
    /^&(?:([a-z]{2,4})|#x([0-9a-f]{1,6})|#([0-9]{1,7}));/i.exec(text.slice(at, at + 12)) ?? [];
  const code = Number.parseInt(hex === '' ? decimal : hex, hex === '' ? 10 : 16);
  const decoded = Object.hasOwn(NAMED, named)
    ? NAMED[named]
    : code <= 0x10ffff
      ? String.fromCodePoint(code)
      : undefined;
  return decoded === undefined ? undefined : { length: whole.length, text: decoded };
};
