import assert from 'node:assert/strict';
import { test } from 'node:test';
import { methodArn, stageArn } from '../../../../src/formats/authorizer/method-arn.ts';
import { methodRefusal, pathRefusal } from '../../../../src/formats/authorizer/request-path.ts';
import { FormatError } from '../../../../src/formats/index.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const refused = [
  '',
  '*',
  'a',
  'http://a/b',
  'host:443',
  '//',
  '//a',
  '/a//b',
  '/a//',
  '/.',
  '/..',
  '/a/./b',
  '/a/../b',
  '/a/..',
  '/a/.',
  '/a\\b',
  '/a%2fb',
  '/a%2Fb',
  '/a%5cb',
  '/a%5Cb',
  '/%2e%2e/b',
  '/%2E/b',
  '/a%2eb',
  '/.%2e/b',
  '/a%252fb',
  '/a%25252Fb',
  '/%252e%252e/a',
  '/a%255cb',
  '/..;/a',
  '/.;x=1/a',
  '/a/..;a=b',
  '/;/a',
  '/a/;x',
  '/a%00',
  '/a%2500',
  '/a%0d%0a',
  '/a%7f',
  '/..%3b/a',
  '/a/.%3Bx/b',
  '/%3b/a',
  '/..%253b/a',
  '/a%2525252525b',
  '/a%252%66b',
  '/a%25%32%66b',
  '/a%25%35%63b',
  '/a%25%30%30',
  '/a%25c0%25af',
  '/a#b',
  '/a*',
  '/*',
  '/%',
  '/a%zz',
  '/%u002e',
  '/a%2',
  '/%c0%ae',
  '/%c0%af',
  '/%e0%80%af',
  '/%ff',
  '/ä',
  '/a b',
  '/a\tb',
  '/a\x7fb',
];
for (const path of refused) {
  test(`the path ${JSON.stringify(path)} is refused`, () => assert.equal(typeof pathRefusal(path), 'string'));
}

const taken = [
  '/',
  '/a',
  '/a/',
  '/a/b.json',
  '/a/...',
  '/a/.well-known',
  '/a;v=1/b',
  '/a%20b',
  '/%C3%A4',
  '/a%3Fb',
  '/a%2Ab',
  '/a:b@c',
  '/a%25b',
  '/~x/-_',
];
for (const path of taken) {
  test(`the path ${path} is judged`, () => assert.equal(pathRefusal(path), undefined));
}

test('a path that any number of decodings makes ambiguous is refused, whichever of its characters are encoded', () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000));
  const random = seededRandom(seed);
  const encode = (text: string): string =>
    [...text]
      .map((char) => (char === '%' || random() < 0.3 ? `%${char.charCodeAt(0).toString(16).padStart(2, '0')}` : char))
      .join('');
  for (const char of ['/', '\\', '.', '\0', '\x7f']) {
    for (let n = 0; n < 200; n++) {
      let path = `a${encodeURIComponent(char).replace('.', '%2e')}b`;
      const times = Math.floor(random() * 5);
      for (let time = 0; time < times; time++) path = encode(path);
      assert.equal(typeof pathRefusal(`/${path}`), 'string', `seed ${seed}: ${path}`);
    }
  }
  console.log(`seed ${seed}`);
});

test('a method is a word in capitals', () => {
  for (const method of ['GET', 'PROPFIND', 'M-SEARCH', 'CONNECT']) assert.equal(methodRefusal(method), undefined);
  for (const method of ['get', 'Get', '*', 'GE?', 'GET/a', '', 'G T', '-', 'GET-']) {
    assert.equal(typeof methodRefusal(method), 'string', method);
  }
});

test('an ARN names the path as it was sent, and how a backend may read it', () => {
  const parts = { region: 'us-east-1', accountId: '123456789012', apiId: 'abc', stage: '$default' };
  const start = 'arn:aws:execute-api:us-east-1:123456789012:abc/$default/GET/';
  assert.deepEqual(methodArn(stageArn(parts), 'GET', '/'), { text: start, readings: [start] });
  assert.equal(methodArn(stageArn(parts), 'GET', '/a/').text, `${start}a/`);
  const { text, readings } = methodArn(stageArn(parts), 'GET', '/%61dmin;v=1/x');
  assert.equal(text, `${start}%61dmin;v=1/x`);
  assert.ok(readings.includes(`${start}admin/x`));
  assert.ok(readings.includes(`${start}admin;v=1/x`));
  assert.match(methodArn(stageArn({ ...parts, region: 'cn-north-1' }), 'GET', '/').text, /^arn:aws-cn:/);
  assert.match(methodArn(stageArn({ ...parts, region: 'us-gov-west-1' }), 'GET', '/').text, /^arn:aws-us-gov:/);
  assert.match(methodArn(stageArn({ ...parts, region: 'eusc-de-east-1' }), 'GET', '/').text, /^arn:aws-eusc:/);
});

test('a name that would make the ARN one of other requests too is refused', () => {
  const parts = {
    region: 'us-east-1',
    accountId: '123456789012',
    apiId: 'abc',
    stage: 'prod',
  };
  for (const value of ['*', '?', 'a/b', 'a:b', '', '$', '$defaults', 'a b', `$\{a}`]) {
    for (const name of ['region', 'accountId', 'apiId', 'stage']) {
      assert.throws(() => stageArn({ ...parts, [name]: value }), FormatError, `${name}: ${value}`);
    }
  }
});

test('the pattern for plain paths takes none that the rules refuse', () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000));
  const random = seededRandom(seed);
  const parts = [
    '/',
    '/',
    'a',
    'B',
    '.',
    '..',
    '%2e',
    '%2F',
    '%41',
    ';',
    '\\',
    '*',
    '#',
    '~',
    '-',
    '_',
    'é',
    ' ',
    '%',
    '?',
    ':',
  ];
  const counts = { judged: 0, refused: 0 };
  for (let n = 0; n < 20_000; n++) {
    const rest = Array.from({ length: 1 + Math.floor(random() * 5) }, () => parts[Math.floor(random() * parts.length)]);
    const path = `/${rest.join('')}`;
    const isJudged = pathRefusal(path) === undefined;
    counts[isJudged ? 'judged' : 'refused']++;
    if (!isJudged) continue;
    const decoded = path.replaceAll('%41', 'A').split('/');
    assert.equal(decoded.shift(), '', path);
    const last = decoded.pop();
    assert.ok(
      decoded.every((segment) => !/^(?:\.\.?)?(?:;|$)/.test(segment)),
      path,
    );
    assert.doesNotMatch(last ?? '', /^(?:\.\.?(?:;|$)|;)/, path);
    assert.match(path, /^(?:[\w./;~:?-]|%41)+$/, path);
  }
  console.log(`seed ${seed}: ${JSON.stringify(counts)}`);
  assert.ok(counts.judged > 500 && counts.refused > 500);
});
