import { XmlError } from './xml-error.ts';

export interface Token {
  readonly kind: 'symbol' | 'operator' | 'name' | 'text' | 'number' | 'end';
  readonly text: string;
  readonly offset: number;
}

// A name may contain signs that XML does not allow in names: such a step matches nothing, and is not an error in the original.
const TOKEN =
  /[ \t\r\n]*(?:([0-9]+(?:\.[0-9]*)?|\.[0-9]+)|("[^"]*"|'[^']*')|(\/\/|::|\.\.|!=|<=|>=|[()[\].@,/|+\-=<>*$])|((?:[\p{L}_][\p{L}\p{M}\p{N}._·#?%&;~{}\\-]*:(?!:))?(?:[\p{L}_][\p{L}\p{M}\p{N}._·#?%&;~{}\\-]*|\*)))/uy;
const OPERATORS: ReadonlySet<string> = new Set(['//', '/', '|', '+', '-', '=', '!=', '<', '<=', '>', '>=']);
const OPERATOR_NAMES: ReadonlySet<string> = new Set(['and', 'or', 'mod', 'div']);
/** After these, `*` is a name test and `and`, `or`, `div`, `mod` are names; after anything else they are operators. */
const BEFORE_OPERAND: ReadonlySet<string> = new Set(['@', '::', '(', '[', ',']);

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(text);
    if (match === null) {
      if (/^[ \t\r\n]*$/.test(text.slice(position))) break;
      throw new XmlError(`unexpected "${text.charAt(position)}" at position ${position} of the XPath`);
    }
    const [whole, number, quoted, symbol, name] = match;
    // Group by group: a number, a text in quotes, a symbol, a name.
    const value = symbol ?? quoted ?? number ?? name ?? '';
    const offset = position + whole.length - value.length;
    position += whole.length;
    tokens.push(
      classify(value, offset, tokens.at(-1), quoted !== undefined, number !== undefined, symbol !== undefined),
    );
  }
  tokens.push({ kind: 'end', text: '', offset: text.length });
  return tokens;
}

function classify(
  value: string,
  offset: number,
  previous: Token | undefined,
  quoted: boolean,
  number: boolean,
  symbol: boolean,
): Token {
  if (quoted) return { kind: 'text', text: value.slice(1, -1), offset };
  if (number) return { kind: 'number', text: value, offset };
  const operand =
    previous === undefined ||
    previous.kind === 'operator' ||
    (previous.kind === 'symbol' && BEFORE_OPERAND.has(previous.text));
  if (value === '*') return { kind: operand ? 'name' : 'operator', text: value, offset };
  if (!symbol) return { kind: !operand && OPERATOR_NAMES.has(value) ? 'operator' : 'name', text: value, offset };
  return { kind: OPERATORS.has(value) ? 'operator' : 'symbol', text: value, offset };
}
