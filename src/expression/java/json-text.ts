import { JavaList, JavaMap } from '../value.ts';
import { bigDecimalToString, JavaBigDecimal, JavaBigInteger } from './big-decimal.ts';
import { JavaDouble, JavaFloat } from './boxes.ts';
import { doubleToString, floatToString } from './double-text.ts';
import { JavaException } from './java-exception.ts';
import { limitText } from './limits.ts';

/** The text of a list out of jsonPath: compact JSON as json-smart writes it, with `/` as `\/`. */
export function jsonText(value: unknown): string {
  const pieces: string[] = [];
  let length = 0;
  write(
    value,
    (piece) => {
      length += piece.length;
      limitText(length);
      pieces.push(piece);
    },
    0,
  );
  return pieces.join('');
}

/** Written piece by piece: joining the content of a list at each level would take the depth times the length. */
function write(value: unknown, put: (piece: string) => void, depth: number): void {
  const nests = value instanceof JavaList || value instanceof JavaMap;
  if (nests && depth > 200) throw new JavaException('StackOverflowError', 'values nested too deeply');
  if (value instanceof JavaList) {
    value.items.forEach((item, index) => {
      put(index === 0 ? '[' : ',');
      write(item, put, depth + 1);
    });
    put(value.items.length === 0 ? '[]' : ']');
  } else if (value instanceof JavaMap) {
    let before = '{';
    for (const [key, item] of value.entries) {
      put(`${before}${quoted(String(key))}:`);
      write(item, put, depth + 1);
      before = ',';
    }
    put(before === '{' ? '{}' : '}');
  } else put(simpleText(value));
}

function simpleText(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof JavaDouble) return Number.isFinite(value.value) ? doubleToString(value.value) : 'null';
  if (value instanceof JavaFloat) return Number.isFinite(value.value) ? floatToString(value.value) : 'null';
  if (value instanceof JavaBigDecimal) return bigDecimalToString(value);
  if (value instanceof JavaBigInteger) return value.value.toString();
  throw new JavaException('UnsupportedOperationException', 'this object has no JSON text');
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

const quoted = (text: string) => `"${text.replace(/["\\/\p{Cc}\u2000-\u20ff]/gu, escapeCharacter)}"`;

function escapeCharacter(character: string): string {
  if (Object.hasOwn(SHORT, character)) return SHORT[character] ?? character;
  return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}
