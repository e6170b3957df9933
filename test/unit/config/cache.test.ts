import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadPolicies, PolicyDocumentError } from '../../../src/config/index.ts';

/** What is wrong with a step of this configuration. */
function problems(configuration: object, outer: object = {}, phase: 'request' | 'response' = 'request'): string {
  const document = {
    version: 1,
    apis: { a: { [phase]: [{ configuration: { function: 'f', ...configuration } }] } },
    ...outer,
  };
  try {
    loadPolicies(JSON.stringify(document), 'p.json');
    return '';
  } catch (error) {
    if (!(error instanceof PolicyDocumentError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`).join('\n');
  }
}

const cache = (key: unknown, more: object = {}) => ({ cache: { ttlSeconds: 30, key, ...more } });

describe('a key that leaves out what the payload reads is an error', () => {
  const leaving: readonly (readonly [string, unknown, unknown, string])[] = [
    ['another header', "{#request.headers['a'][0]}", "{#request.headers['b'][0]}", "#request.headers['b'][0]"],
    ['the body', "{#request.headers['a'][0]}", '{#request.content}', '#request.content'],
    [
      'a part of the body of which the key has another',
      "{#jsonPath(#request.content, '$.a')}",
      { b: "{#jsonPath(#request.content, '$.b')}" },
      '#request.content',
    ],
    ['a value of which the key has less', '{#request.path.length()}', '{#request.path}', '#request.path'],
    [
      'all values of which the key has the first',
      "{#request.headers['a'][0]}",
      "{#request.headers['a']}",
      "#request.headers['a']",
    ],
    ['a variable', '{#request.path}', "{#context.attributes['tier']}", "#context.attributes['tier']"],
    [
      'one leaf of several',
      ['{#request.path}'],
      { path: '{#request.path}', deep: [{ m: '{#request.method}' }] },
      '#request.method',
    ],
    ['what a text reads', '{#request.path}', 'x={#request.path} y={#request.method}', '#request.method'],
    [
      'what a condition within reads',
      '{#request.path}',
      "{#request.method == 'GET' ? #request.path : 'x'}",
      '#request.method',
    ],
    [
      'what an index reads',
      "{#request.headers['a']}",
      "{#request.headers['a'][#request.params['n'][0]]}",
      "#request.params['n'][0]",
    ],
    [
      'what a selection reads',
      '{#request.path}',
      '{#request.headers.keySet().?[#this != #request.method]}',
      '#request.method',
    ],
    [
      'the whole request by a name put together',
      "{#request.headers['a'][0]}",
      '{#request.headers[#request.method]}',
      '#request.headers',
    ],
    ['nothing but a constant', 'all', '{#request.path}', '#request.path'],
  ];
  for (const [name, key, payload, unread] of leaving) {
    test(name, () => {
      const found = problems({ ...cache(key), payload });
      assert.match(
        found,
        /^apis\.a\.request\.0\.configuration\.cache\.key: leaves out values that the payload reads, /,
      );
      assert.ok(found.includes(unread), found);
      assert.equal(problems({ ...cache(key, { keyIsComplete: true }), payload }), '');
    });
  }

  test('an event of AWS', () => {
    const event = { requestFormat: 'api-gateway-v2' };
    assert.match(problems({ ...cache('{#request.path}'), ...event }), /an event of AWS contains the whole request/);
    assert.equal(problems({ ...cache('{#request.path}', { keyIsComplete: true }), ...event }), '');
    assert.equal(problems({ cache: { ttlSeconds: 30 }, ...event }), '');
  });

  test('one of defaults, where it is', () => {
    const found = problems({ payload: '{#request.path}' }, { defaults: cache('all') });
    assert.match(found, /^defaults\.cache\.key: leaves out/m);
  });

  test('of a step in the response phase', () => {
    assert.match(
      problems({ ...cache('{#request.path}'), payload: '{#response.content}' }, {}, 'response'),
      /#response\.content/,
    );
  });
});

describe('a key that has all that the payload reads', () => {
  const complete: readonly (readonly [string, unknown, unknown])[] = [
    ['the same expression', "{#request.headers['a'][0]}", "{#request.headers['a'][0]}"],
    ['written otherwise', "{#request.headers['a'][0]}", '{ #request.headers.a[0] }'],
    ['in another form of body', ["{#request.headers['a'][0]}"], { deep: ["x-{#request.headers['a'][0]}"] }],
    ['a value of which the payload reads a part', '{#request.content}', { a: "{#jsonPath(#request.content, '$.a')}" }],
    ['a list of which the payload reads the first', "{#request.headers['a']}", "{#request.headers['a'][0]}"],
    ['a function of a value', "{#jsonPath(#request.content, '$.a')}", { a: "{#jsonPath(#request.content, '$.a')}" }],
    ['more than that', ['{#request.path}', '{#request.method}'], '{#request.path}'],
    ['two of a text', '{#request.method} {#request.path}', '{#request.path}{#request.method}'],
    ['what no request changes', 'all', '{#properties.a} {#api.name} x'],
    ['no payload', '{#request.path}', null],
  ];
  for (const [name, key, payload] of complete) test(name, () => assert.equal(problems({ ...cache(key), payload }), ''));
});

describe('what cannot take effect is an error', () => {
  test('a cache without a time', () => assert.match(problems({ cache: {} }), /cache: requires ttlSeconds/));
  test('times beyond an hour', () => assert.match(problems({ cache: { ttlSeconds: 3601 } }), /ttlSeconds/));
  for (const invocationType of ['Event', 'DryRun']) {
    test(`with ${invocationType}`, () => {
      assert.match(problems({ invocationType, cache: { ttlSeconds: 1 } }), /cache: has no effect: /);
      assert.equal(problems({ invocationType }, { defaults: { cache: { ttlSeconds: 1 } } }), '');
    });
  }
  test('keyIsComplete without a key', () => {
    assert.match(
      problems({ cache: { ttlSeconds: 1, keyIsComplete: true } }),
      /keyIsComplete: has no effect without a key/,
    );
  });
  test('an empty key', () => {
    for (const key of ['', ' ', [], {}]) assert.match(problems(cache(key)), /cache\.key: is empty/);
  });
});

test('a time of 0 switches the cache of defaults off', () => {
  const text = JSON.stringify({
    version: 1,
    defaults: { function: 'f', cache: { ttlSeconds: 30 } },
    apis: { a: { request: [{ name: 'kept' }, { name: 'off', configuration: { cache: { ttlSeconds: 0 } } }] } },
  });
  const steps = loadPolicies(text, 'p.json').set.apis.get('a')?.request ?? [];
  assert.deepEqual(
    steps.map(({ configuration }) => configuration.cache?.ttlMs),
    [30_000, undefined],
  );
});
