import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonContent, jsonEscape, xmlEscape } from '../../../../src/expression/functions/index.ts';
import { JavaArray, JavaDouble, JavaList, JavaMap } from '../../../../src/expression/value.ts';
import { newRun, seededRandom } from './run.ts';

const xml = (value: unknown) => xmlEscape(value, newRun());
const json = (value: unknown) => jsonEscape(value, newRun());

test('xmlEscape: the five characters, references for C1 controls, and nothing of what XML 1.0 forbids', () => {
  assert.equal(xml(`<a b="c">'&'</a>`), '&lt;a b=&quot;c&quot;&gt;&apos;&amp;&apos;&lt;/a&gt;');
  assert.equal(xml('a\u0001b\u000bc\u0085d\ufffee\ud800'), 'abc\u0085de');
  assert.equal(xml('\u007f\u0084\u0086\u009f\u00a0'), '&#127;&#132;&#134;&#159;\u00a0');
  assert.equal(xml('é日本🚀'), 'é日本🚀');
});

test('jsonEscape: quotes, backslashes, slashes, controls and all beyond ASCII', () => {
  assert.equal(json('say "hi" \\ /'), 'say \\"hi\\" \\\\ \\/');
  assert.equal(json('\b\t\n\f\r\u0001\u007f'), '\\b\\t\\n\\f\\r\\u0001\\u007F');
  assert.equal(json('café🚀'), 'caf\\u00E9\\uD83D\\uDE80');
});

test('null stays null, elements are joined by a blank, anything else is its text', () => {
  for (const convert of [xml, json]) {
    assert.equal(convert(null), null);
    assert.equal(convert(new JavaList(['a', null, 'b'])), 'a  b');
    assert.equal(convert(new JavaArray('java.lang.String', ['x', 'y'])), 'x y');
    assert.equal(convert(new JavaList([])), '');
    assert.equal(convert(new JavaDouble(5)), '5.0');
    assert.equal(convert(true), 'true');
    assert.equal(convert(new JavaMap(new Map([['k', 1]]))), '{k=1}');
  }
});

test('on 5,000 random texts (seed 99) jsonEscape is a JSON string that JSON.parse reads back', () => {
  const random = seededRandom(99);
  for (let round = 0; round < 5000; round++) {
    const units = Array.from({ length: 12 }, () => Math.floor(random() * (random() < 0.5 ? 128 : 0x10000)));
    const text = String.fromCharCode(...units);
    assert.equal(JSON.parse(`"${json(text)}"`), text);
    assert.match(json(text) ?? '', /^[\x20-\x7e]*$/);
  }
});

test('jsonContent: an object in strict JSON, in the order of a HashMap; plain lists, and doubles for every decimal', () => {
  const map = jsonContent('{"zeta":1,"alpha":0.12345678901234567890,"list":[1,{"b":1,"a":2}]} and more') as JavaMap;
  assert.ok(map.typed);
  assert.deepEqual([...map.entries.keys()], ['zeta', 'alpha', 'list']);
  assert.deepEqual(map.entries.get('alpha'), new JavaDouble(0.12345678901234568));
  const list = map.entries.get('list') as JavaList;
  assert.equal(list.kind, 'list');
  assert.deepEqual([...(list.items[1] as JavaMap).entries.keys()], ['b', 'a']);
});

test('jsonContent of anything but an object is empty, of the literal null it is null', () => {
  for (const text of [
    '',
    '[1]',
    '"a"',
    '1',
    '{a:1}',
    '{"a":1,}',
    '{"a":1',
    `{"a":${'['.repeat(100_000)}`,
    '{'.repeat(100_000),
  ]) {
    assert.equal((jsonContent(text) as JavaMap).entries.size, 0, text.slice(0, 20));
  }
  assert.equal(jsonContent(' null '), null);
});
