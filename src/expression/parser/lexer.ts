import type { SourceText } from './source-text.ts';
import type { Operator, Token, TokenKind } from './token.ts';

/** Words for symbols, in any case. */
const WORDS: ReadonlyMap<string, Operator> = new Map([
  ['DIV', '/'],
  ['EQ', '=='],
  ['GE', '>='],
  ['GT', '>'],
  ['LE', '<='],
  ['LT', '<'],
  ['MOD', '%'],
  ['NE', '!='],
  ['NOT', '!'],
]);

const TWO_CHARACTERS: ReadonlySet<string> = new Set([
  '++',
  '--',
  '^[',
  '?.',
  '?:',
  '?[',
  '==',
  '!=',
  '![',
  '<=',
  '>=',
  '&&',
  '||',
  '$[',
]);
const ONE_CHARACTER: ReadonlySet<string> = new Set('+-*/%^.,:?=<>!&()[]{}#@');

const IDENTIFIER_START = /[\p{L}_$]/u;
const IDENTIFIER_PART = /[\p{L}0-9_$]/u;

export function tokenize(source: SourceText): readonly Token[] {
  const { text } = source;
  const tokens: Token[] = [];
  let at = 0;
  const push = (kind: TokenKind, end: number) => {
    tokens.push({ kind, text: text.slice(at, end), start: at, end });
    at = end;
  };
  while (at < text.length) {
    const character = text.charAt(at);
    const pair = text.slice(at, at + 2);
    if (character === ' ' || character === '\t' || character === '\r' || character === '\n') at++;
    else if (pair !== '$[' && IDENTIFIER_START.test(character)) {
      let end = at + 1;
      while (IDENTIFIER_PART.test(text.charAt(end))) end++;
      const symbol = end - at <= 3 ? WORDS.get(text.slice(at, end).toUpperCase()) : undefined;
      push(symbol ?? 'identifier', end);
    } else if (character >= '0' && character <= '9') {
      const { kind, end } = number(source, at);
      push(kind, end);
    } else if (character === "'" || character === '"') push('string', stringEnd(source, at));
    else if (TWO_CHARACTERS.has(pair)) push(pair as Operator, at + 2);
    else if (ONE_CHARACTER.has(character)) push(character as Operator, at + 1);
    else if (character === '|') source.fail("expected '||'", at);
    else if (character === '\\') source.fail('a backslash is not an escape here: double the quote instead', at);
    else source.fail(`unexpected character ${JSON.stringify(character)}`, at);
  }
  return tokens;
}

/** The position after the closing quote; a doubled quote is one quote. */
function stringEnd(source: SourceText, start: number): number {
  const { text } = source;
  const quote = text.charAt(start);
  for (let i = start + 1; i < text.length; i++) {
    if (text.charAt(i) !== quote) continue;
    if (text.charAt(i + 1) !== quote) return i + 1;
    i++;
  }
  return source.fail(`the string that begins here has no closing ${quote}`, start);
}

const HEX = /0[xX][0-9A-Fa-f]*/y;
const DECIMAL = /(\d+)(\.\d+)?([eE][+-]?\d*)?/y;

function number(source: SourceText, start: number): { readonly kind: TokenKind; readonly end: number } {
  const { text } = source;
  HEX.lastIndex = start;
  const hexMatch = HEX.exec(text);
  if (hexMatch !== null) {
    const end = start + hexMatch[0].length;
    if (end === start + 2) source.fail('expected digits after 0x', end);
    const isLong = /[lL]/.test(text.charAt(end));
    return { kind: isLong ? 'hexLong' : 'hexInt', end: isLong ? end + 1 : end };
  }
  DECIMAL.lastIndex = start;
  const match = DECIMAL.exec(text);
  const [whole = '', , fraction, exponent] = match ?? [];
  const end = start + whole.length;
  if (exponent !== undefined && !/\d$/.test(exponent)) source.fail('expected digits after the exponent', end);
  const suffix = text.charAt(end);
  if (/[fF]/.test(suffix)) return { kind: 'float', end: end + 1 };
  if (/[dD]/.test(suffix)) return { kind: 'real', end: end + 1 };
  if (fraction !== undefined || exponent !== undefined) {
    if (/[lL]/.test(suffix)) source.fail('a number with a fraction cannot be a long', end);
    return { kind: 'real', end };
  }
  if (/[lL]/.test(suffix)) return { kind: 'long', end: end + 1 };
  return { kind: 'int', end };
}
