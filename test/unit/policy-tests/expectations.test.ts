// Each kind of expectation is met by what happens, and not by anything else.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { differing, resultOf } from '../../support/policy-tests.ts';
import { step } from '../../support/trial.ts';

const document = {
  apis: {
    default: {
      request: [
        step('tier', {
          payload: '{"id": {#jsonPath(#request.content, \'$.id\')}}',
          region: 'eu-central-1',
          qualifier: 'live',
          variables: [
            { name: 'tier', value: "{#jsonPath(#lambdaResponse.content, '$.tier')}" },
            { name: 'none', value: "{#jsonPath(#lambdaResponse.content, '$.none')}" },
          ],
          mutations: { headers: { set: { 'x-tier': "{#context.attributes['tier']}" }, remove: ['x-secret'] } },
        }),
      ],
    },
  },
};
const given = {
  request: { path: '/a?b=c', headers: { 'x-secret': 's', 'x-many': ['1', '2'] }, body: { id: 7 } },
  functions: { tier: { result: { tier: 'gold', list: [1, { a: null }] } } },
  backend: { status: 201, headers: { 'set-cookie': ['a=1', 'b=2'] }, body: 'made' },
};
const expecting = (expect: object): Promise<readonly string[]> => differing(document, { ...given, expect });

const met: readonly object[] = [
  { calls: ['tier'] },
  { calls: ['tier:live'] },
  { calls: [{ function: 'tier', step: 'tier', region: 'eu-central-1', qualifier: 'live', payload: { id: 7 } }] },
  { calls: [{ function: 'tier', invocationType: 'RequestResponse', payload: '{"id": 7}' }] },
  { calls: [{ function: 'tier', payloadBase64: Buffer.from('{"id": 7}').toString('base64') }] },
  { calls: [{ function: 'tier', payloadIncludes: {} }] },
  { calls: [{ function: 'tier', payloadIncludes: { id: 7 } }] },
  { forwarded: {} },
  { forwarded: { method: 'POST', path: '/a?b=c', body: { id: 7 } } },
  { forwarded: { headers: { 'X-Tier': 'gold', 'x-many': ['1', '2'], 'x-secret': null, 'content-length': '8' } } },
  { response: { status: 201, headers: { 'set-cookie': ['a=1', 'b=2'], 'x-none': null }, body: 'made' } },
  { response: { bodyBase64: Buffer.from('made').toString('base64') } },
  { response: { trailers: { 'x-t': null } }, forwarded: { trailers: { 'x-t': null } } },
  { attributes: { tier: 'gold', none: null, other: null } },
  { error: null },
];

const unmet: readonly (readonly [object, ...string[]])[] = [
  [{ calls: [] }, 'calls'],
  [{ calls: ['other'] }, 'calls'],
  [{ calls: ['tier', 'tier'] }, 'calls'],
  [{ calls: ['tier:dev'] }, 'calls'],
  [{ calls: [{ function: 'tier', step: 'x' }] }, 'calls.0.step'],
  [{ calls: [{ function: 'tier', region: 'us-east-1' }] }, 'calls.0.region'],
  [{ calls: [{ function: 'tier', qualifier: 'dev' }] }, 'calls.0.qualifier'],
  [{ calls: [{ function: 'tier', invocationType: 'Event' }] }, 'calls.0.invocationType'],
  [{ calls: [{ function: 'tier', payload: { id: '7' } }] }, 'calls.0.payload.id'],
  [{ calls: [{ function: 'tier', payload: {} }] }, 'calls.0.payload.id'],
  [{ calls: [{ function: 'tier', payload: { id: 7, more: 1 } }] }, 'calls.0.payload.more'],
  [{ calls: [{ function: 'tier', payloadIncludes: { id: 8 } }] }, 'calls.0.payloadIncludes.id'],
  [{ calls: [{ function: 'tier', payloadIncludes: { other: 8 } }] }, 'calls.0.payloadIncludes.other'],
  [{ calls: [{ function: 'tier', payload: null }] }, 'calls.0.payload'],
  [{ calls: [{ function: 'tier', payload: '{"id":7}' }] }, 'calls.0.payload'],
  [{ forwarded: null }, 'forwarded'],
  [{ forwarded: { method: 'GET' } }, 'forwarded.method'],
  [{ forwarded: { path: '/a' } }, 'forwarded.path'],
  [{ forwarded: { headers: { 'x-tier': null } } }, 'forwarded.headers.x-tier'],
  [{ forwarded: { headers: { 'x-secret': 's' } } }, 'forwarded.headers.x-secret'],
  [{ forwarded: { headers: { 'x-many': '1' } } }, 'forwarded.headers.x-many'],
  [{ forwarded: { headers: { 'x-many': ['2', '1'] } } }, 'forwarded.headers.x-many'],
  [{ forwarded: { body: null } }, 'forwarded.body'],
  [{ response: { status: 200 } }, 'response.status'],
  [{ response: { trailers: { 'x-t': '1' } } }, 'response.trailers.x-t'],
  [{ response: { body: null } }, 'response.body'],
  [{ response: { body: { made: true } } }, 'response.body'],
  [{ response: { bodyBase64: 'AAEC' } }, 'response.bodyBase64'],
  [{ attributes: { tier: 'silver', none: 'x' } }, 'attributes.tier', 'attributes.none'],
  [{ error: 'AWS_LAMBDA_INVALID_RESPONSE' }, 'error'],
];

describe('an expectation', () => {
  for (const expect of met) {
    test(`is met: ${JSON.stringify(expect)}`, async () => assert.deepEqual(await expecting(expect), []));
  }
  for (const [expect, ...labels] of unmet) {
    test(`is not met: ${JSON.stringify(expect)}`, async () => assert.deepEqual(await expecting(expect), labels));
  }
});

test('trailers are those that come with the message', async () => {
  const request = { body: 'b', trailers: { 'x-t': '1' } };
  assert.deepEqual(
    await differing({ apis: { default: {} } }, { request, expect: { forwarded: { trailers: { 'x-t': '1' } } } }),
    [],
  );
});

test('a request that a policy answers itself reaches no backend', async () => {
  const answering = { apis: { default: { request: [step('f', { sendToConsumer: true })] } } };
  const functions = { f: { result: 1 } };
  assert.deepEqual(await differing(answering, { functions, expect: { forwarded: null } }), []);
  assert.deepEqual(await differing(answering, { functions, expect: { forwarded: {} } }), ['forwarded']);
});

test('what differs is reported with the place in the file and both values', async () => {
  const { mismatches } = await resultOf(document, {
    ...given,
    functions: { tier: { result: { tier: 'silver' } } },
    expect: { forwarded: { headers: { 'x-tier': 'gold' } } },
  });
  const [{ expected, actual, line, column } = {}] = mismatches;
  assert.deepEqual([expected, actual, line], ['"gold"', '"silver"', 1]);
  assert.ok(Number(column) > 100);
});

test('of a long text the part that differs is shown', async () => {
  const long = 'x'.repeat(1_000);
  const { mismatches } = await resultOf(document, {
    ...given,
    backend: { body: `${long}a` },
    expect: { response: { body: `${long}b` } },
  });
  assert.equal(mismatches[0]?.label, 'response.body from character 981');
  assert.match(mismatches[0]?.expected ?? '', /^…"x{20}b"…$/);
});
