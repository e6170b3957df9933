import { JavaList, JavaMap } from '../value.ts';
import { bigDecimalToString, JavaBigDecimal, JavaBigInteger } from './big-decimal.ts';
import { JavaDouble, JavaFloat } from './boxes.ts';
import { doubleToString, floatToString } from './double-text.ts';
import { JavaException } from './java-exception.ts';
import { limitText } from './limits.ts';

/** The text of a list out of jsonPath: compact JSON as json-smart writes it, with `/` as `\/`. */
export function jsonText(value: unknown, depth = 0): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  if (depth > 200) throw new JavaException('StackOverflowError', 'values nested too deeply');
  if (value instanceof JavaDouble) return Number.isFinite(value.value) ? doubleToString(value.value) : 'null';
  if (value instanceof JavaFloat) return Number.isFinite(value.value) ? floatToString(value.value) : 'null';
  if (value instanceof JavaBigDecimal) return bigDecimalToString(value);
  if (value instanceof JavaBigInteger) return value.value.toString();
  if (value instanceof JavaList) return bounded(`[${value.items.map((item) => jsonText(item, depth + 1)).join(',')}]`);
  if (value instanceof JavaMap) {
    const members = Array.from(value.entries, ([key, item]) => `${quoted(String(key))}:${jsonText(item, depth + 1)}`);
    return bounded(`{${members.join(',')}}`);
  }
  throw new JavaException('UnsupportedOperationException', 'this object has no JSON text');
}

function bounded(text: string): string {
  limitText(text.length);
  return text;
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
