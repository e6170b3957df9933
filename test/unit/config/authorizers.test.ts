import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPolicies, PolicyDocumentError } from '../../../src/config/index.ts';
import { INLINE_CACHE_OWNER } from '../../../src/policy/index.ts';

const GUARD = { type: 'TOKEN' };

function problemsOf(api: object, more: object = {}): string {
  const document = { version: 1, apis: { default: api }, ...more };
  try {
    loadPolicies(JSON.stringify(document), 'policies.json');
    return '';
  } catch (error) {
    if (!(error instanceof PolicyDocumentError)) throw error;
    return error.problems.map(({ message, path }) => `${path}: ${message}`).join('\n');
  }
}

const guard = (authorizer: object, configuration: object = {}, outer: object = {}) => ({
  request: [{ authorizer, configuration: { function: 'f', ...configuration }, ...outer }],
});

const METHOD = { configuration: { function: 'g', mutations: { headers: { set: { ':Method': 'PUT' } } } } };

const refused: readonly (readonly [string, object, RegExp])[] = [
  ['onError: continue', guard(GUARD, {}, { onError: 'continue' }), /admit callers/],
  ['onConditionError: skip', guard(GUARD, {}, { onConditionError: 'skip', condition: '{#a}' }), /always has `fail`/],
  ['sendToConsumer', guard(GUARD, { sendToConsumer: true }), /sendToConsumer.*cannot be combined with `authorizer`/],
  [
    'an expression of sendToConsumer',
    guard(GUARD, { sendToConsumer: '{#lambdaResponse.status == 200}' }),
    /sendToConsumer/,
  ],
  ['answer', guard(GUARD, { answer: { status: 403 } }), /answer.*cannot be combined with/],
  ['mutations', guard(GUARD, { mutations: { path: '/x' } }), /mutations.*cannot be combined with/],
  ['a payload', guard(GUARD, { payload: 'x' }), /payload.*cannot be combined with/],
  ['requestFormat', guard(GUARD, { requestFormat: 'alb' }), /requestFormat.*cannot be combined with/],
  ['Event', guard(GUARD, { invocationType: 'Event' }), /needs RequestResponse/],
  ['a response step', { response: guard(GUARD).request }, /no effect in the response phase/],
  ['no type', guard({}), /type/],
  [
    'null for all of its fields',
    { request: [{ authorizer: null, configuration: { function: 'f' } }] },
    /authorizer: expected an object, got null: write its fields under it, or remove it/,
  ],
  [
    'a number as version',
    guard({ type: 'REQUEST', payloadFormatVersion: 2 }),
    /expected 1.0 or 2.0 as text: write "2.0", in quotes/,
  ],
  ['an unknown version', guard({ type: 'REQUEST', payloadFormatVersion: '3.0' }), /expected 1.0 or 2.0, did you mean/],
  ['an unknown number as version', guard({ type: 'REQUEST', payloadFormatVersion: 3 }), /expected 1.0 or 2.0$/m],
  ['TOKEN of 2.0', guard({ type: 'TOKEN', payloadFormatVersion: '2.0' }), /TOKEN is of format 1.0/],
  [
    'simple responses of 1.0',
    guard({ type: 'REQUEST', enableSimpleResponses: true }),
    /requires `payloadFormatVersion/,
  ],
  ['an unknown source', guard({ type: 'REQUEST', identitySource: ['Authorization'] }), /not an identity source/],
  ['an unknown context', guard({ type: 'REQUEST', identitySource: ['$context.nothing'] }), /is not one of accountId/],
  [
    'an unknown stage variable',
    guard({ type: 'REQUEST', identitySource: ['$stageVariables.v'] }),
    /not in `format.stageVariables`/,
  ],
  [
    'two sources of TOKEN',
    guard({ type: 'TOKEN', identitySource: ['$request.header.a', '$request.header.b'] }),
    /one source, a header/,
  ],
  [
    'a query as TOKEN',
    guard({ type: 'TOKEN', identitySource: 'method.request.querystring.a' }),
    /one source, a header/,
  ],
  ['a pattern for REQUEST', guard({ type: 'REQUEST', identityValidationExpression: 'a' }), /no effect with REQUEST/],
  ['a broken pattern', guard({ type: 'TOKEN', identityValidationExpression: '(' }), /not a regular expression/],
  [
    'a later step that changes the path',
    { request: [...guard(GUARD).request, { configuration: { function: 'g', mutations: { path: '/x' } } }] },
    /changes the path that the authorizer of step f-1 has allowed/,
  ],
  [
    'a later step that changes the method',
    { request: [...guard(GUARD).request, METHOD] },
    /changes the method that the authorizer of step f-1 has allowed/,
  ],
  [
    'an earlier step that changes the method',
    { request: [METHOD, ...guard(GUARD).request] },
    /step g-1 forwards another/,
  ],
  [
    'a scope of v2 that leaves it out under pre',
    { pre: guard(GUARD, { scope: 'RESPONSE' }).request },
    /scope: the step never runs under pre/,
  ],
  ['a place under post', { post: guard(GUARD).request }, /scope: the step never runs under post/],
  ['a place in post', { post: guard(GUARD, { scope: 'RESPONSE' }).request }, /no effect in the response phase/],
  [
    'a later variable of its name',
    {
      request: [
        ...guard(GUARD).request,
        { configuration: { function: 'g', variables: [{ name: 'authorizer', value: 'x' }] } },
      ],
    },
    /choose another name/,
  ],
  [
    'its own variable of that name',
    guard(GUARD, { variables: [{ name: 'authorizer', value: 'x' }] }),
    /choose another name/,
  ],
  [
    'a TTL and no source',
    guard({ type: 'REQUEST', resultTtlInSeconds: 1 }),
    /resultTtlInSeconds: requires identitySource/,
  ],
  [
    'a TTL by its other name and an empty source',
    guard({ type: 'REQUEST', payloadFormatVersion: '2.0', identitySource: '', authorizerResultTtlInSeconds: 1 }),
    /authorizerResultTtlInSeconds: requires identitySource/,
  ],
  ['two TTLs', guard({ ...GUARD, resultTtlInSeconds: 1, authorizerResultTtlInSeconds: 1 }), /keep only one/],
  ['a TTL of more than an hour', guard({ ...GUARD, resultTtlInSeconds: 3601 }), /3600/],
  ['a negative TTL', guard({ ...GUARD, resultTtlInSeconds: -1 }), /resultTtlInSeconds/],
  ['half a second', guard({ ...GUARD, resultTtlInSeconds: 0.5 }), /resultTtlInSeconds/],
  ['a cache', guard(GUARD, { cache: { ttlSeconds: 5 } }), /cache.*`authorizer.resultTtlInSeconds` says how long/],
  ['a misspelt field', guard({ type: 'TOKEN', identitySources: 'x' }), /identitySource/],
];
for (const [name, api, message] of refused) {
  test(`an authorizer with ${name} is an error`, () => assert.match(problemsOf(api), message));
}

test('defaults with a scope of v2 that leaves an authorizer out are an error', () => {
  const pre = guard(GUARD).request;
  assert.match(problemsOf({ pre }, { defaults: { scope: 'RESPONSE_CONTENT' } }), /the step never runs under pre/);
  assert.equal(problemsOf({ pre }, { defaults: { scope: 'REQUEST_CONTENT' } }), '');
});

test('defaults of other steps do not apply to an authorizer', () => {
  const defaults = {
    payload: 'x',
    sendToConsumer: true,
    answer: { status: 403 },
    invocationType: 'Event',
    cache: { ttlSeconds: 5, key: '{#request.method}' },
  };
  assert.equal(problemsOf(guard(GUARD), { defaults }), '');
});

test('sources are a list or a text with commas, as REST or HTTP APIs write them', () => {
  for (const identitySource of [
    'method.request.header.A, $request.querystring.b',
    ['$context.routeKey', 'context.stage'],
    [],
    '',
  ]) {
    assert.equal(problemsOf(guard({ type: 'REQUEST', identitySource })), '');
  }
});

test('a TTL with sources that tell no callers apart is warned of', () => {
  const warningsOf = (authorizer: object) => {
    const document = { version: 1, apis: { default: guard({ type: 'REQUEST', ...authorizer }) } };
    return loadPolicies(JSON.stringify(document), 'policies.json').warnings.map(({ message }) => message);
  };
  const [warning = '', ...others] = warningsOf({ identitySource: ['$context.routeKey', '$context.stage'] });
  assert.match(warning, /does not distinguish callers, so/);
  assert.deepEqual(others, []);
  for (const identitySource of [['$context.routeKey', '$request.header.A'], ['$context.identity.sourceIp']]) {
    assert.deepEqual(warningsOf({ identitySource }), []);
  }
  assert.deepEqual(warningsOf({ identitySource: ['$context.routeKey'], resultTtlInSeconds: 0 }), []);
});

test('an inline authorizer fails closed too, and its answers use the share of all inline policies', () => {
  const inline = { functions: ['f'], regions: ['us-east-1'] };
  const { set } = loadPolicies(JSON.stringify({ version: 1, inline, apis: {} }), 'policies.json');
  const text = (outer: object = {}) => JSON.stringify(guard(GUARD, { region: 'us-east-1' }, outer));
  const [step] = set.inline(text()).request;
  const { owner, ttlMs } = step?.configuration.cache ?? {};
  assert.deepEqual([owner, ttlMs, step?.onConditionError], [INLINE_CACHE_OWNER, 300_000, 'fail']);
  assert.throws(() => set.inline(text({ onError: 'continue' })), /would admit callers/);
});
