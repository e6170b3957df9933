import { JavaMap, type Value } from '../value.ts';
import { hashMap } from './hash-map.ts';
import { endOfString } from './json-text/escaped-names.ts';
import { JACKSON } from './json-text/json-dialect.ts';
import { JsonTextError } from './json-text/json-text-error.ts';
import { parseJson } from './json-text/lenient-parser.ts';

const EMPTY = new JavaMap(new Map(), 'map', true);

/**
 * `jsonContent` of a message: the JSON object at the start of a body, read strictly (what follows the object is not
 * looked at). The empty map for any other body, null for the body `null`.
 */
export function jsonContent(content: string): Value {
  const start = content.search(/[^ \t\r\n]/);
  if (/^null(?![\w$])/.test(content.slice(start, start + 5))) return null;
  if (content.charAt(start) !== '{') return EMPTY;
  let text = content;
  if (!isStrict(text)) {
    text = content.slice(start, endOfObject(content, start));
    if (!isStrict(text)) return EMPTY;
  }
  try {
    const map = parseJson(text, JACKSON);
    return map instanceof JavaMap ? hashMap(map.entries) : EMPTY;
  } catch (error) {
    if (error instanceof JsonTextError) return EMPTY;
    throw error;
  }
}

function isStrict(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The position after the bracket that closes the object; the end of the text if there is none. */
function endOfObject(text: string, start: number): number {
  const mark = /[{}"]/g;
  let depth = 0;
  mark.lastIndex = start;
  for (let match = mark.exec(text); match !== null; match = mark.exec(text)) {
    if (match[0] === '{') depth++;
    else if (match[0] === '}' && --depth === 0) return match.index + 1;
    else if (match[0] === '"') mark.lastIndex = endOfString(text, match.index + 1);
  }
  return text.length;
}
