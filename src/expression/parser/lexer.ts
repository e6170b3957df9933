import type { SourceText } from './source-text.ts';
import type { Operator, Token, TokenKind } from './token.ts';

/** Words for symbols, in any case. */
const words: ReadonlyMap<string, Operator> = new Map([
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

const twoCharacters: ReadonlySet<string> = new Set([
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
const oneCharacter: ReadonlySet<string> = new Set('+-*/%^.,:?=<>!&()[]{}#@');

const identifierStart = /[\p{L}_$]/u;
const identifierPart = /[\p{L}0-9_$]/u;

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
    else if (pair !== '$[' && identifierStart.test(character)) {
      let end = at + 1;
      while (identifierPart.test(text.charAt(end))) end++;
      const symbol = end - at <= 3 ? words.get(text.slice(at, end).toUpperCase()) : undefined;
      push(symbol ?? 'identifier', end);
    } else if (character >= '0' && character <= '9') {
      const { kind, end } = number(source, at);
      push(kind, end);
    } else if (character === "'" || character === '"') push('string', stringEnd(source, at));
    else if (twoCharacters.has(pair)) push(pair as Operator, at + 2);
    else if (oneCharacter.has(character)) push(character as Operator, at + 1);
    else if (character === '|') source.fail("expected '||'", at);
    else if (character === '\\') source.fail('a backslash is no escape here: quotes are doubled instead', at);
    else source.fail(`unexpected character ${JSON.stringify(character)}`, at);
  }
  return tokens;
}

/** Behind the closing quote; a doubled quote stands for itself. */
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

const hex = /0[xX][0-9A-Fa-f]*/y;
const decimal = /(\d+)(\.\d+)?([eE][+-]?\d*)?/y;

function number(source: SourceText, start: number): { readonly kind: TokenKind; readonly end: number } {
  const { text } = source;
  hex.lastIndex = start;
  const hexMatch = hex.exec(text);
  if (hexMatch !== null) {
    const end = start + hexMatch[0].length;
    if (end === start + 2) source.fail('expected digits after 0x', end);
    const isLong = /[lL]/.test(text.charAt(end));
    return { kind: isLong ? 'hexLong' : 'hexInt', end: isLong ? end + 1 : end };
  }
  decimal.lastIndex = start;
  const match = decimal.exec(text);
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
