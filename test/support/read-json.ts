import assert from 'node:assert/strict';

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[{}[\]:,]|true|false|null|-?\d[\d.eE+-]*)/sy;

/**
 * JSON as JSON.parse reads it, each key of an object once. Not by JSON.parse: in Node 24 (V8 13.6) it now and then takes a key that
 * has an escape, as `"\"%"`, for its first characters as they are written.
 */
export function readJson(text: string): unknown {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) tokens.push(found[1] ?? '');
  assert.equal(tokens.join('').length, text.length, 'JSON without blanks');
  let at = 0;
  const value = (): unknown => {
    const token = tokens[at++] ?? '';
    if (token === '{') return Object.fromEntries(list('}', entry));
    if (token === '[') return list(']', value);
    return JSON.parse(token);
  };
  const entry = (): [string, unknown] => {
    const key: string = JSON.parse(tokens[at++] ?? '');
    assert.equal(tokens[at++], ':');
    return [key, value()];
  };
  const list = <T>(end: string, item: () => T): T[] => {
    const items: T[] = [];
    if (tokens[at] === end) at++;
    else {
      do items.push(item());
      while (tokens[at++] === ',');
      assert.equal(tokens[at - 1], end);
    }
    if (end === '}') {
      const keys = (items as [string, unknown][]).map(([key]) => key);
      assert.equal(new Set(keys).size, keys.length, 'each key once');
    }
    return items;
  };
  const result = value();
  assert.equal(at, tokens.length);
  return result;
}
