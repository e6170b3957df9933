import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PathTemplate } from '../../../src/formats/index.ts';
import { eventOf } from '../../support/aws-events.ts';
import { answerOf, policyRun, step } from '../../support/policy-run.ts';

describe('a path template', () => {
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>> | undefined])[] = [
    ['/', '/', {}],
    ['/', '/a', undefined],
    ['/users/{id}', '/users/7', { id: '7' }],
    ['/users/{id}', '/users/a%2Fb', { id: 'a%2Fb' }],
    ['/users/{id}', '/users/', undefined],
    ['/users/{id}', '/users', undefined],
    ['/users/{id}', '/users/7/', undefined],
    ['/users/{id}', '/users/7/x', undefined],
    ['/users/{id}', '/Users/7', undefined],
    ['/users/{id}', '/%75sers/7', { id: '7' }],
    ['/users/{id}', '/users%2F7', undefined],
    ['/users/{id}/', '/users/7/', { id: '7' }],
    ['/{a}/{b}', '/1/2', { a: '1', b: '2' }],
    ['/{a}/x/{b}', '/1/y/2', undefined],
    ['/{proxy+}', '/', undefined],
    ['/{proxy+}', '/a', { proxy: 'a' }],
    ['/{proxy+}', '/a/b%20c/', { proxy: 'a/b%20c/' }],
    ['/a/{rest+}', '/a', undefined],
    ['/a/{rest+}', '/a/b/c', { rest: 'b/c' }],
    ['/{__proto__}', '/x', { ['__proto__']: 'x' }],
    ['/a b', '/a%20b', undefined],
    ['/a%20b', '/a%20b', {}],
    ['/{id}', '*', undefined],
    ['/{id}', '', undefined],
  ];
  for (const [text, path, values] of cases.filter(([text]) => !text.includes(' '))) {
    test(`${text} and ${path}`, () => {
      const template = PathTemplate.parse(text);
      assert.ok(template instanceof PathTemplate);
      const match = template.match(path);
      assert.deepEqual(match && Object.fromEntries(match), values);
    });
  }

  test('a text that is not valid says why', () => {
    for (const text of [
      '',
      'a',
      '/a b',
      '/a?b',
      '/{',
      '/{}',
      '/{a b}',
      '/a{b}',
      '/{b}c',
      '/{a+}/b',
      '/{a}/{a}',
      '/{a++}',
    ]) {
      assert.equal(typeof PathTemplate.parse(text), 'string', text);
    }
  });
});

const run = (configuration: object, path: string, outer: object = {}) => {
  const request = [step('f', { requestFormat: 'api-gateway-v2', responseFormat: 'raw', ...configuration }, outer)];
  return policyRun({ apis: { default: { request } } }, { path });
};

test('a path that does not match the resource is a 404 of its own, and nothing is called', async () => {
  for (const requestFormat of ['api-gateway-v1', 'http-api-v1', 'api-gateway-v2', 'raw']) {
    const each = run({ requestFormat, format: { resource: '/users/{id}' } }, '/admin/7');
    const answer = answerOf(await each.request(''));
    assert.deepEqual([answer.status, answer.errorKey], [404, 'LAMBDA_EXT_PROC_PATH_MISMATCH']);
    assert.deepEqual(each.calls, []);
    assert.equal(each.log.find(({ msg }) => msg === 'request failed')?.level, 30);
  }
});

test('the path of a route key is a resource too, and its method decides nothing', async () => {
  const event = await eventOf('api-gateway-v2', { path: '/users/7', format: { routeKey: 'POST /users/{id}' } });
  assert.deepEqual([event.routeKey, event.pathParameters], ['POST /users/{id}', { id: '7' }]);
  const each = run({ format: { routeKey: 'ANY /users/{id}' } }, '/');
  assert.equal(answerOf(await each.request('')).status, 404);
});

test('names are in the expressions of their step, decoded, with raw payloads too', async () => {
  const raw = {
    requestFormat: 'raw',
    payload: "{#request.pathParams['id'][0]}",
    format: { resource: '/users/{id}' },
    mutations: { headers: { set: { 'x-id': "{#request.pathParams['id']}" } } },
  };
  const each = run(raw, '/users/a%2Fb%20c', { condition: "{#request.pathParams['id'] != null}" });
  await each.request('');
  assert.equal(Buffer.from(each.invocations[0]?.payload ?? '').toString(), 'a/b c');
  assert.equal(each.transaction.request?.headers.first('x-id'), 'a/b c');
});

test('a condition can skip the step where the path does not match', async () => {
  const condition = "{#request.pathParams['id'] != null}";
  const each = run({ format: { resource: '/users/{id}' } }, '/admin', { condition });
  assert.equal((await each.request('')).kind, 'continue');
  assert.deepEqual(each.calls, []);
});

test('a step has its own names and not those of the step before', async () => {
  const payload = "{#request.pathParams['a'] == null}{#request.pathParams['b'] == null}";
  const steps = ['/{a}', '/{b}', undefined].map((resource) =>
    step('f', { payload, format: { resource: resource ?? null } }),
  );
  const each = policyRun({ apis: { default: { request: steps } } }, { path: '/x' });
  await each.request('');
  assert.deepEqual(
    each.invocations.map((invocation) => Buffer.from(invocation.payload ?? '').toString()),
    ['falsetrue', 'truefalse', 'truetrue'],
  );
});

test('a resource that an expression gives is matched, and is an error where it gives none', async () => {
  const resource = "{#request.headers['x-resource'][0]}{#request.pathParams['id']}";
  const each = (value: string) =>
    policyRun(
      { apis: { default: { request: [step('f', { payload: "{#request.pathParams['id']}", format: { resource } })] } } },
      { path: '/users/7', headers: { 'x-resource': value } },
    );
  const good = each('/users/{id}');
  await good.request('');
  assert.equal(Buffer.from(good.invocations[0]?.payload ?? '').toString(), '7');
  const answer = answerOf(await each('users').request(''));
  assert.deepEqual([answer.status, answer.errorKey], [500, 'AWS_LAMBDA_INVALID_RESPONSE']);
  assert.match(answer.body ?? '', /Details: \[format\.resource is not a path template\]/);
});

test('a field that gives nothing for a request is an error that names it', async () => {
  for (const field of ['stage', 'apiId', 'accountId', 'domainName', 'routeKey']) {
    const each = run({ format: { [field]: "{#request.headers['x-none']}" } }, '/');
    const answer = answerOf(await each.request(''));
    assert.equal(answer.status, 500);
    assert.ok(answer.body?.includes(`format.${field} is empty`), field);
    assert.deepEqual(each.calls, []);
  }
});

test('a stage that an expression gives makes no other path of the one in the event', async () => {
  const format = { stage: "{#request.headers['x-stage'][0]}" };
  for (const requestFormat of ['api-gateway-v1', 'http-api-v1', 'api-gateway-v2']) {
    for (const stage of ['a/../admin', 'a b', 'a?b', '..', '$other', 'é']) {
      const request = [step('f', { requestFormat, responseFormat: 'raw', format })];
      const each = policyRun({ apis: { default: { request } } }, { headers: { 'x-stage': stage } });
      const answer = answerOf(await each.request(''));
      assert.ok(answer.body?.includes('format.stage is not the name of a stage'), stage);
      assert.deepEqual(each.calls, []);
    }
  }
});

test('an event without method or path, which Envoy can hide, is not made', async () => {
  for (const hidden of [{ method: '' }, { uri: '' }]) {
    const request = [step('f', { requestFormat: 'alb', responseFormat: 'raw' })];
    const each = policyRun({ apis: { default: { request } } }, { head: hidden });
    assert.equal(answerOf(await each.request('')).errorKey, 'AWS_LAMBDA_INVALID_RESPONSE');
    assert.deepEqual(each.calls, []);
  }
});
