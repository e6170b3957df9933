import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MASKED, maskData, maskOf } from '../../../src/observability/index.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const secret = 's3cr3t "quoted"/\\back é+&<x>\nline';
const json = (value: unknown): string => JSON.stringify(value);
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const inner = (text: string): string => json(text).slice(1, -1);

/** The secret as payloads, headers, URLs and functions of other languages write it. */
const writings: Readonly<Record<string, string>> = {
  'as it is': secret,
  JSON: json({ a: secret }),
  'JSON in JSON': json({ a: json({ b: secret }) }),
  'JSON in JSON in JSON': json(json(json(secret))),
  'JSON six times': json(json(json(json(json(json(secret)))))),
  'JSON of ASCII': inner(secret).replaceAll(
    /[^\x20-\x7e]|[<>&/]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  ),
  'JSON with escaped slashes': inner(secret).replaceAll('/', '\\/'),
  'a part of a URL': encodeURIComponent(secret),
  'a part of a URL, in lower case': encodeURIComponent(secret).toLowerCase(),
  'a URL': encodeURI(secret),
  'a URL in a URL': encodeURIComponent(encodeURIComponent(secret)),
  'a form': new URLSearchParams({ a: secret }).toString(),
  base64: base64(secret),
  'base64 for URLs': Buffer.from(secret).toString('base64url'),
  'Basic authorization': `Basic ${base64(`user:${secret}x`)}`,
  'base64 behind a slash': `key/${base64(`ab${secret}`)}`,
  'base64 in a URL': encodeURIComponent(base64(`a${secret}`)),
  'JSON in base64 in JSON': json({ body: base64(json({ a: secret })) }),
  'base64 in base64': base64(base64(secret)),
  'base64 in lines': base64(`${'x'.repeat(60)}${secret}${'y'.repeat(60)}`).replaceAll(/.{76}/g, '$&\r\n'),
  'hexadecimal digits': Buffer.from(secret).toString('hex'),
  XML: secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;'),
};

for (const [name, text] of Object.entries(writings)) {
  test(`a value is masked in ${name}`, () => {
    const masked = maskOf([secret])(`before ${text} after`);
    assert.match(masked, /^before .*\[masked\].* after$/s);
    // Neither the whole nor its tell-tale parts in any of the writings.
    for (const part of [
      's3cr3t',
      'quoted',
      'back',
      base64('s3cr3t').slice(0, 6),
      Buffer.from('s3cr3t').toString('hex'),
    ]) {
      assert.ok(!masked.includes(part), `${part} is left in ${masked}`);
    }
  });
}

test('a value is masked wherever it begins in base64, whatever surrounds it', () => {
  const mask = maskOf(['wJalrXUtnFEMI/K7MDENG']);
  for (let before = 0; before < 9; before++) {
    for (let after = 0; after < 9; after++) {
      const text = base64(`${'a'.repeat(before)}wJalrXUtnFEMI/K7MDENG${'z'.repeat(after)}`);
      assert.equal(mask(text), MASKED, text);
    }
  }
});

test('several values are masked, the longer one where they overlap; blank ones do not count', () => {
  assert.equal(maskOf(['ab', 'abcd', '', '  '])('x abcd ab y'), 'x [masked] [masked] y');
  assert.equal(maskOf([])('anything'), 'anything');
});

test('of a value in JSON its texts and numbers are masked too, of one in lines each line', () => {
  const mask = maskOf([
    '{"user": {"pin": 48151623, "name": "adalovelace"}, "n": 1}',
    '-----BEGIN\nMIIEvQIBADAN\n-----END',
  ]);
  assert.equal(mask('48151623 adalovelace 1'), '[masked] [masked] 1');
  assert.equal(mask('key: MIIEvQIBADAN'), 'key: [masked]');
});

test('an object is masked however it is spaced, in texts too', () => {
  const mask = maskOf(['{"pin":"12","tags":["a b",7]}']);
  const spaced = '{ "pin" : "12",\n  "tags": [ "a b", 7 ] }';
  assert.equal(mask(`{"user": ${spaced}, "n": 1}`), '{"user": [masked], "n": 1}');
  assert.equal(mask(json({ inner: spaced })), '{"inner":"[masked]"}');
  assert.equal(mask('{"pin": "12", "tags": ["ab"]}'), '{"pin": "12", "tags": ["ab"]}');
});

test('what has none of the values stays as it is', () => {
  const mask = maskOf([secret, 'another-secret']);
  for (const text of ['plain', json({ a: ['b', 1, null] }), base64('nothing of it'), '/a%20b?c=%2F', '\\u0041 & %']) {
    assert.equal(mask(text), text);
  }
});

test('data is masked in all of its texts, and keeps its names', () => {
  const data = { list: ['x', ['name', 'abc']], abc: 1, deep: { text: 'an abc', flag: true, none: null } };
  assert.deepEqual(maskData(data, maskOf(['abc'])), {
    list: ['x', ['name', MASKED]],
    abc: 1,
    deep: { text: `an ${MASKED}`, flag: true, none: null },
  });
});

const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  json: (text) => json({ a: text }),
  url: encodeURIComponent,
  form: (text) => new URLSearchParams({ a: text }).toString(),
  base64,
  'base64 for URLs': (text) => Buffer.from(text).toString('base64url'),
  hex: (text) => Buffer.from(text).toString('hex'),
  xml: (text) => `<a>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</a>`,
};
const HOSTILE = ['a', 'Z', 'q', '"', '\\', '/', '+', '&', '<', '%', ' ', '\n', 'é', '€', '=', "'"];

test('the remaining text reveals nothing of the value, in any three layers of encodings', (t) => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  t.diagnostic(`seed ${seed}`);
  const random = seededRandom(seed);
  const below = (most: number): number => Math.floor(random() * most);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] ?? assert.fail('nothing to pick from');
  const names = Object.keys(ENCODINGS);
  const seen = new Set<string>();
  for (let i = 0; i < 400; i++) {
    const chain = Array.from({ length: below(4) }, () => pick(names));
    for (const name of chain) seen.add(name);
    const size = 8 + below(20);
    const digits = (): string => String(below(1_000_000));
    const [before, after] = [digits(), digits()];
    // The same places of the same kind, so that only the value differs.
    const shape = Array.from({ length: size }, () => pick(HOSTILE));
    const value = (letters: string): string =>
      shape.map((c) => (/[a-z]/i.test(c) ? (letters[below(letters.length)] ?? '') : c)).join('');
    const [first, second] = [`${value('abcdefgh')}x`, `${value('stuvwyzr')}x`];
    const encoded = (text: string): string =>
      chain.reduce((inner, name) => ENCODINGS[name]?.(inner) ?? inner, before + text + after);
    // What is left is what both have: nothing of it comes from the value.
    const [left = '', ...rest] = maskOf([first])(encoded(first)).split(MASKED);
    const right = rest.pop();
    const context = `${chain}: ${json([first, second])}`;
    assert.ok(right !== undefined && rest.every((between) => between === ''), context);
    for (const text of [encoded(first), encoded(second)]) {
      assert.ok(text.startsWith(left) && text.endsWith(right), `${context}: ${left}[masked]${right}`);
    }
  }
  t.diagnostic(`encodings: ${[...seen].join(', ')}`);
});
