// Mutations of a step on a transaction, with no socket.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf, policyRun, step } from '../../support/policy-run.ts';

const requestStep = (configuration: object, outer: object = {}) => ({
  apis: { default: { request: [step('f', configuration, outer)] } },
});
const headers = (mutations: object) => ({ mutations: { headers: mutations } });

test('headers are set, appended to and removed; null and a template that gives null remove', async () => {
  const run = policyRun(
    requestStep({
      payload: 'p',
      ...headers({
        set: { 'X-Set': '{#lambdaResponse.content}', 'x-null': null, 'x-gives-null': "{#context.attributes['none']}" },
        append: { 'x-more': ['1', '2'] },
        remove: ['x-gone'],
      }),
    }),
    { headers: { 'x-set': 'caller', 'x-null': 'caller', 'x-gives-null': 'caller', 'x-more': '0', 'x-gone': 'caller' } },
  );
  await run.request();
  const { request } = run.transaction;
  assert.deepEqual(
    ['x-set', 'x-null', 'x-gives-null', 'x-more', 'x-gone'].map((name) => request?.headers.values(name)),
    [['p'], undefined, undefined, ['0', '1', '2'], undefined],
  );
});

test('a step that is skipped or continues after an error removes the headers that it would have set', async () => {
  const set = headers({ set: { 'x-tier': '{#lambdaResponse.content}' } });
  const functionError = () => ({ functionError: 'Unhandled' });
  for (const outer of [
    { condition: 'false' },
    { condition: '{#context.attributes.nothing.at.all}' },
    { onError: 'continue' },
  ]) {
    const run = policyRun(requestStep(set, outer), {
      headers: { 'x-tier': 'forged' },
      functions: { f: functionError },
    });
    assert.deepEqual(await run.request(), { kind: 'continue' });
    assert.equal(run.transaction.request?.headers.values('x-tier'), undefined, JSON.stringify(outer));
  }
});

test('path, body and route cache of the request; later steps see them', async () => {
  const run = policyRun({
    apis: {
      default: {
        request: [
          step('f', { payload: '/t/42?x=1', mutations: { path: '{#lambdaResponse.content}', clearRouteCache: true } }),
          step('g', { payload: 'body', mutations: { body: '{#lambdaResponse.content}' } }),
          step('h', { payload: "{#request.path} {#request.params['x'][0]} {#request.content}" }),
        ],
      },
    },
  });
  await run.request();
  assert.equal(String(run.invocations[2]?.payload), '/t/42 1 body');
  const { request, clearRouteCache } = run.transaction;
  assert.deepEqual([request?.uri, request?.pathChanged, clearRouteCache], ['/t/42?x=1', true, true]);
});

test('a value that cannot be carried fails the step, and leaves the message as it was', async () => {
  const cases: readonly (readonly [object, string])[] = [
    [headers({ set: { 'x-a': '{#lambdaResponse.content}' } }), 'mutations.headers.set.x-a'],
    [headers({ append: { 'x-a': '{#lambdaResponse.content}' } }), 'mutations.headers.append.x-a'],
    [{ mutations: { path: '{#lambdaResponse.content}' } }, 'mutations.path'],
    [{ mutations: { path: "/{#lambdaResponse.content.replace('a\nb', 'a#b')}" } }, 'mutations.path'],
    [{ mutations: { body: 'new', path: '{#context.attributes.nothing.at.all}' } }, 'mutations.path'],
  ];
  for (const [mutations, place] of cases) {
    const run = policyRun(requestStep({ payload: 'a\nb', ...mutations }), { headers: { 'x-a': 'caller' } });
    const { status, body, errorKey } = answerOf(await run.request());
    assert.deepEqual([status, errorKey], [500, 'AWS_LAMBDA_TEMPLATE_VARIABLE_EXCEPTION'], place);
    assert.ok(body?.includes(place), body);
    const { request } = run.transaction;
    assert.deepEqual(request?.headers.changes(), [], place);
    assert.deepEqual([request?.pathChanged, request?.replacement], [false, undefined], place);
  }
});

test('a status that is not valid fails a response step, and leaves the response as it was', async () => {
  const run = policyRun({
    apis: {
      default: {
        response: [step('f', { payload: 'a', mutations: { status: '{#lambdaResponse.content}', body: 'b' } })],
      },
    },
  });
  await run.request();
  const { errorKey, body } = answerOf(await run.response(200, {}, 'old'));
  assert.equal(errorKey, 'AWS_LAMBDA_TEMPLATE_VARIABLE_EXCEPTION');
  assert.ok(body?.includes('mutations.status'), body);
  const { response } = run.transaction;
  assert.deepEqual([response?.status, response?.replacement], [200, undefined]);
});
