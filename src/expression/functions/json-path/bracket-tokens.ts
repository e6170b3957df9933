import { invalidPath, pathFailed } from './json-path-error.ts';
import { type PathText, shorten } from './path-text.ts';
import type { PathToken } from './path-token.ts';
import { unescapeText } from './unescape.ts';

/** `['a']`, `["a","b"]` */
export function readNames(path: PathText): PathToken | undefined {
  const quote = path.significantAfter(path.position);
  if (quote !== "'" && quote !== '"') return undefined;
  const names: string[] = [];
  let start = path.position + 1;
  let end = 0;
  let inName = false;
  let afterComma = false;
  for (let index = start; path.contains(index); index++) {
    const char = path.at(index);
    if (char === '\\') {
      index++;
    } else if (char === ']' && !inName) {
      if (afterComma) throw invalidPath(`a name is missing at position ${index}`);
      break;
    } else if (char === quote) {
      if (inName) {
        const next = path.significantAfter(index);
        if (next !== ']' && next !== ',') throw invalidPath(`expected "," or "]" after position ${index}`);
        end = index;
        names.push(unescapeText(path.slice(start, end)));
      } else {
        start = index + 1;
        afterComma = false;
      }
      inName = !inName;
    } else if (char === ',' && !inName) {
      if (afterComma) throw invalidPath(`a name is missing at position ${index}`);
      afterComma = true;
    }
  }
  if (inName) throw invalidPath(`a name is not closed: ${quote} is missing`);
  const close = path.indexIfSignificant(end, ']');
  if (close === -1) throw invalidPath('a name is not closed: ] is missing');
  path.position = close + 1;
  if (names.length === 0) throw invalidPath('a name is missing');
  return { kind: 'property', names, quote };
}

/** `[1]`, `[1,2]`, `[1:]`, `[1:2]`, `[:2]` */
export function readIndexes(path: PathText): PathToken | undefined {
  if (!/[0-9:-]/.test(path.significantAfter(path.position))) return undefined;
  const end = path.indexOf(']', path.position + 1);
  if (end === -1) return undefined;
  const expression = path.slice(path.position + 1, end).trim();
  if (!/^[0-9,: -]*$/.test(expression)) return undefined;
  path.position = end + 1;
  return expression.includes(':') ? slice(expression) : indexes(expression);
}

function indexes(expression: string): PathToken {
  return { kind: 'index', indexes: expression.split(/\s*,\s*/).map(parseInteger) };
}

function slice(expression: string): PathToken {
  if (/[, ]/.test(expression)) throw invalidPath(`a slice has no commas or blanks: [${expression}]`);
  // The part after a second colon, a step, is ignored.
  const [from = '', to = ''] = expression.split(':');
  if (from === '' && to === '') throw invalidPath(`a slice needs a start or an end: [${expression}]`);
  return {
    kind: 'slice',
    from: from === '' ? null : parseInteger(from),
    to: to === '' ? null : parseInteger(to),
  };
}

function parseInteger(text: string): number {
  const value = /^-?\d{1,32}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= -2147483648 && value <= 2147483647)) throw pathFailed(`"${shorten(text)}" is not an index`);
  return value;
}
