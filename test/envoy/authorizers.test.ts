// Lambda authorizers through a real Envoy: the policies of the guide.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, test } from 'node:test';
import { parse } from 'yaml';
import { loadPolicies } from '../../src/config/index.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { FaultStub } from '../support/fault-stub.ts';

const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/bring-your-lambda-authorizer.md'), 'utf8');
const example = /^```yaml\n([\s\S]*?)^```/m.exec(guide)?.[1] ?? '';

/** An authorizer whose answers are kept, before the backend. */
const kept = (stage: string, authorizer: object = { type: 'TOKEN' }) => ({
  request: [{ name: 'who', authorizer, configuration: { function: 'authorize', format: { stage } } }],
});
const SIMPLE = {
  type: 'REQUEST',
  payloadFormatVersion: '2.0',
  enableSimpleResponses: true,
  identitySource: ['$request.header.Authorization', '$request.querystring.tenant'],
  resultTtlInSeconds: 60,
};

let lambda: FaultStub;
let environment: Environment;

before(async () => {
  lambda = await FaultStub.start();
  const document = parse(example);
  const defaults = { ...document.defaults, accessKey: 'AKIDEXAMPLE', secretKey: 'secret', endpoint: lambda.endpoint };
  const apis = { ...document.apis, one: kept('one'), two: kept('two'), simple: kept('one', SIMPLE) };
  const names = Object.keys(apis);
  environment = await startEnvironment({ policies: { ...document, defaults, apis }, apis: names });
});
after(async () => {
  await environment?.stop();
  await lambda?.stop();
});
beforeEach(() => {
  environment.backend.reset();
  lambda.forget();
});

const ARN = 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod';

function authorizes(effect: string, resource: string | readonly string[]): void {
  const statement = { Action: 'execute-api:Invoke', Effect: effect, Resource: resource };
  const policyDocument = { Version: '2012-10-17', Statement: [statement] };
  answers('authorize', { principalId: 'ada', policyDocument, context: { tier: 'gold', level: 3 } });
}

function answers(functionName: string, value: unknown, headers = {}): void {
  const answer = { status: 200, body: JSON.stringify(value), headers };
  lambda.script(functionName, { kind: 'answer', answer, runs: true });
}

const order = (path = '/orders/7', headers: Record<string, string> = { authorization: 'Bearer t' }) =>
  environment.call(path, { method: 'POST', body: '{"item":"pen"}', headers });

test('the policies of the guide load without a warning', () => {
  assert.deepEqual(loadPolicies(example, 'guide.yaml').warnings, []);
});

test('an allowed request reaches the function behind, whose event tells who calls', async () => {
  authorizes('Allow', `${ARN}/POST/orders/*`);
  answers('order-api', { statusCode: 201, body: 'made' });
  const { status, text } = await order();
  assert.deepEqual([status, text], [201, 'made']);
  const [asked, app] = lambda.requests.map(({ body }) => JSON.parse(String(body)));
  assert.equal(asked.routeArn, `${ARN}/POST/orders/7`);
  assert.deepEqual(asked.identitySource, ['Bearer t']);
  assert.equal('body' in asked, false);
  assert.equal(asked.headers['content-length'], '14');
  assert.deepEqual(app.requestContext.authorizer, { lambda: { tier: 'gold', level: 3 } });
  assert.equal(app.body, '{"item":"pen"}');
});

test('a denied request gets a 403, and no later function runs', async () => {
  for (const [effect, resource] of [
    ['Deny', '*'],
    ['Allow', `${ARN}/GET/*`],
    ['Allow', `${ARN}/POST/users/*`],
  ] as const) {
    authorizes(effect, resource);
    const { status, text: body } = await order();
    assert.deepEqual([status, body], [403, '{"message":"Forbidden"}']);
  }
  assert.deepEqual(new Set(lambda.requests.map(({ functionName }) => functionName)), new Set(['authorize']));
});

test('without a token, or with an empty one, the answer is a 401 and no function runs', async () => {
  for (const headers of [{}, { authorization: '' }]) {
    const { status, text } = await order('/orders/7', headers);
    assert.deepEqual([status, text], [401, '{"message":"Unauthorized"}']);
  }
  assert.equal(lambda.requests.length, 0);
});

test('a function that fails or answers something else admits nobody', async () => {
  answers('authorize', { isAuthorized: true });
  assert.equal((await order()).status, 500);
  answers('authorize', { errorMessage: 'Unauthorized' }, { 'x-amz-function-error': 'Unhandled' });
  assert.equal((await order()).status, 401);
  answers('authorize', { errorMessage: 'no' }, { 'x-amz-function-error': 'Unhandled' });
  const { status, text } = await order();
  assert.deepEqual([status, text], [500, '{"message":"Internal Server Error"}']);
});

test('a path with two meanings is a 400 before the function is called', async () => {
  for (const path of [
    '/orders//7',
    '/orders/a%252Fb',
    '/orders/a%252%66b',
    '/orders/a%2Fb',
    '/orders/..%3b/users',
    '/orders/*',
  ]) {
    const { status } = await order(path);
    assert.equal(status, 400, path);
  }
  assert.equal(lambda.requests.length, 0);
});

/** A request as its bytes say, by HTTP/1.1: the status. */
async function raw(target: string, headers: readonly string[] = ['authorization: good'], method = 'GET') {
  const socket = connect(Number(new URL(environment.envoy.url).port), '127.0.0.1');
  const lines = [`${method} ${target} HTTP/1.1`, 'host: shop.test', 'connection: close', ...headers];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return Number((await text(socket)).split(' ', 2)[1]);
}

/** All answers from now on: nobody may do anything. */
function denies(): void {
  const statement = { Action: '*', Effect: 'Deny', Resource: '*' };
  answers('authorize', { principalId: 'nobody', policyDocument: { Statement: [statement] } });
}

const reads = (stage: string, path: string) =>
  `arn:aws:execute-api:us-east-1:000000000000:lambda-ext-proc/${stage}/GET${path}`;

describe('a policy that is kept', () => {
  test('admits the same caller without a call, and evaluates each request', async () => {
    authorizes('Allow', reads('one', '/one/orders/*'));
    assert.equal(await raw('/one/orders/7'), 200);
    denies();
    assert.equal(await raw('/one/orders/8?a=b'), 200);
    assert.equal(await raw('/one/orders/7', ['Authorization: good']), 200);
    const others = [
      ['/one/users/7', 'GET'],
      ['/one/orders', 'GET'],
      ['/one/orders/7', 'DELETE'],
      ['/one/ORDERS/7', 'GET'],
    ] as const;
    for (const [path, method] of others) assert.equal(await raw(path, undefined, method), 403, `${method} ${path}`);
    assert.equal(lambda.requests.length, 1);
    assert.equal(environment.backend.calls, 3);
  });

  test('is of one caller, one API and one stage', async () => {
    authorizes('Allow', '*');
    assert.equal(await raw('/one/a', ['authorization: secret-1']), 200);
    denies();
    assert.equal(await raw('/two/a', ['authorization: secret-1']), 403, 'another API and stage');
    const others = ['secret-2', 'SECRET-1', 'secret-1, secret-1', 'secret-1 x', 'x secret-1', 'secret', 'secret-1,'];
    for (const other of others) assert.equal(await raw('/one/a', [`authorization: ${other}`]), 403, other);
    assert.equal(environment.backend.calls, 1);
  });

  test('is not had by a header that is there several times, or empty', async () => {
    authorizes('Allow', '*');
    assert.equal(await raw('/one/a', ['authorization: twice']), 200);
    denies();
    const lists = [
      ['authorization: twice', 'authorization: bad'],
      ['authorization: bad', 'authorization: twice'],
      ['authorization: twice', 'Authorization: twice'],
      ['authorization: twice', ' folded'],
      ['x-authorization: twice'],
      ['authorization:'],
      [],
    ];
    for (const list of lists) {
      const status = await raw('/one/a', list);
      assert.ok([400, 401, 403].includes(status), `${status}: ${list.join(' | ')}`);
    }
    assert.equal(environment.backend.calls, 1);
    // Envoy makes one header of an empty one and another: then the backend has it too.
    for (const list of [
      ['authorization:', 'authorization: twice'],
      ['authorization: twice', 'authorization: '],
    ]) {
      const { calls } = environment.backend;
      const status = await raw('/one/a', list);
      const seen = environment.backend.last?.headers.filter(([name]) => name === 'authorization');
      if (status === 200) assert.deepEqual(seen, [['authorization', 'twice']], list.join(' | '));
      else assert.equal(environment.backend.calls, calls, list.join(' | '));
    }
  });

  test('opens no path that Envoy, policy and backend may read differently', async () => {
    authorizes('Allow', [reads('one', '/one/open/*'), reads('one', '/one/open')]);
    assert.equal(await raw('/one/open/a', ['authorization: paths']), 200);
    const tricks = [
      '/one/open/../closed',
      '/one/open/./a',
      '/one/open//a',
      '//one/open/a',
      '/one/open/%2e%2e/closed',
      '/one/open/%2E%2E%2Fclosed',
      '/one/open/..%2fclosed',
      '/one/open/..%5cclosed',
      '/one/open/..\\closed',
      '/one/open/..;/closed',
      '/one/open/%252e%252e/closed',
      '/one/open/%c0%ae%c0%ae/closed',
      '/one/open/%u002e%u002e/closed',
      '/one/open/%00',
      '/one/open/*',
      '/one/open/a%0d%0ax',
      '/one/open/a#/../closed',
      '/one/open/;/../closed',
    ];
    for (const path of tricks) {
      const status = await raw(path, ['authorization: paths']);
      assert.ok([400, 404].includes(status), `${status}: ${path}`);
    }
    for (const path of ['/one/closed', '/one/%6fpen/a', '/one/open;a=b/a', '/one/closed?/one/open/a']) {
      assert.equal(await raw(path, ['authorization: paths']), 403, path);
    }
    assert.equal(lambda.requests.length, 1);
    assert.equal(environment.backend.calls, 1);
  });
});

test('a simple verdict that is kept holds for its method, path and callers only', async () => {
  answers('authorize', { isAuthorized: true });
  const good = ['authorization: simple'];
  assert.equal(await raw('/simple/public?tenant=a', good), 200);
  answers('authorize', { isAuthorized: false });
  assert.equal(await raw('/simple/public?tenant=a&page=2', good), 200);
  assert.equal(lambda.requests.length, 1);
  for (const path of ['/simple/admin?tenant=a', '/simple/public?tenant=b', '/simple/public/?tenant=a']) {
    assert.equal(await raw(path, good), 403, path);
  }
  assert.equal(await raw('/simple/public?tenant=a', good, 'PUT'), 403);
  for (const query of [
    '',
    '?tenant=',
    '?tenant=a&tenant=a',
    '?tenant=a&tenant=b',
    '?tenant=a&%74enant=b',
    '?Tenant=a',
  ]) {
    assert.equal(await raw(`/simple/public${query}`, good), 401, query);
  }
  assert.equal(environment.backend.calls, 2);
});
