// AWS's events through a real Envoy: what it tells of a connection, and what becomes of paths, headers and bodies on their way.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Event, eventFormats } from '../support/aws-events.ts';
import { type EchoLambda, echoApis, startEchoLambda } from '../support/echo-lambda.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { type Caller, callHttp1, callHttp2, type ExactCall } from '../support/exact-call.ts';
import { hostileRequests } from '../support/hostile-requests.ts';

/** The caller gets the event: the function answers what it is given. */
const echo = (requestFormat: string, more: object = {}) => ({
  requestFormat,
  responseFormat: 'raw',
  sendToConsumer: true,
  ...more,
});
const apis: Readonly<Record<string, object>> = {
  ...Object.fromEntries(eventFormats.map((format) => [format, { request: [echo(format)] }])),
  behind: { request: [echo('function-url', { format: { trustedProxies: ['127.0.0.0/8'] } })] },
  changed: {
    request: [
      {
        payload: '{#request.content}',
        mutations: { headers: { set: { 'x-user': 'ann' }, remove: ['x-secret'] }, body: 'new', path: '/new?q=1' },
      },
      echo('api-gateway-v2'),
    ],
  },
  users: { request: [echo('api-gateway-v2', { format: { routeKey: 'ANY /users/{id}' } })] },
};

let lambda: EchoLambda;
let environment: Environment;

before(async () => {
  lambda = await startEchoLambda();
  environment = await startEnvironment({
    policies: { version: 1, apis: echoApis(apis, lambda) },
    envoy: {
      requestAttributes: ['source.address', 'destination.address', 'request.protocol'],
      // By a header: paths are the event's.
      routes: Object.keys(apis).map((name) => ({
        name,
        metadata: { 'x-lambda-api': name },
        extra: { match: { prefix: '/', headers: [{ name: 'x-api', string_match: { exact: name } }] } },
      })),
      // For a caller on loopback Envoy would add an address of the machine's, whichever it has.
      connectionManager: { use_remote_address: true, skip_xff_append: true },
    },
  });
});
after(async () => {
  await environment?.stop();
  lambda?.stop();
});

async function call(api: string, request: ExactCall, caller: Caller = callHttp1) {
  const headers = { ...request.headers, 'x-api': api };
  return await caller(environment.envoy.url, { ...request, headers });
}

async function eventOf(api: string, request: ExactCall, caller: Caller = callHttp1): Promise<Event> {
  const answer = await call(api, request, caller);
  assert.equal(answer.status, 200, answer.body.toString());
  return JSON.parse(answer.body.toString());
}

for (const [protocol, caller] of [
  ['HTTP/1.1', callHttp1],
  ['HTTP/2', callHttp2],
] as const) {
  test(`a call over ${protocol} is reported with protocol, address, port, host, id and cookies`, async () => {
    const headers = { 'x-forwarded-for': '6.6.6.6', 'x-forwarded-port': '1', cookie: 'a=1; b=2' };
    const event = await eventOf('function-url', { path: '/a%2Fb?x=%zz&x=+', headers }, caller);
    const { http, requestId } = event.requestContext;
    assert.deepEqual([http.protocol, http.method, http.sourceIp], [protocol, 'GET', '127.0.0.1']);
    assert.deepEqual([event.rawPath, event.rawQueryString], ['/a%2Fb', 'x=%zz&x=+']);
    assert.deepEqual(event.cookies, ['a=1', 'b=2']);
    const port = String(environment.envoy.port);
    assert.equal(event.headers.host, `127.0.0.1:${port}`);
    assert.equal(event.headers['x-forwarded-port'], port);
    assert.equal(event.headers['x-forwarded-for'], '6.6.6.6');
    assert.equal(event.headers['x-forwarded-proto'], 'http');
    assert.equal(event.headers['x-request-id'], requestId);
    assert.equal(event.headers['content-length'], '0');
    assert.ok(!('body' in event));
    assert.deepEqual(
      Object.keys(event.headers).filter((name) => /^:|^x-envoy|^te$|^connection$/.test(name)),
      [],
    );
    assert.ok(Math.abs(event.requestContext.timeEpoch - Date.now()) < 60_000);
  });
}

test('a trusted proxy tells who called it', async () => {
  const event = await eventOf('behind', { path: '/', headers: { 'x-forwarded-for': '6.6.6.6, 198.51.100.1' } });
  assert.equal(event.requestContext.http.sourceIp, '198.51.100.1');
});

test('a body comes as its bytes, coded or not, with a length of its own', async () => {
  const coded = gzipSync('{"a": 1}');
  const event = await eventOf('api-gateway-v2', {
    method: 'POST',
    path: '/',
    headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
    body: coded,
  });
  assert.deepEqual([event.isBase64Encoded, event.body], [true, coded.toString('base64')]);
  assert.equal(event.headers['content-length'], String(coded.length));
  const text = 'é"\\\u0000'.repeat(60_000);
  const large = { method: 'PUT', path: '/', headers: { 'content-type': 'text/plain' }, body: text };
  assert.equal((await eventOf('alb', large, callHttp2)).body, text);
});

test('what steps before it changed is in the event', async () => {
  const headers = { 'x-secret': 's', 'content-type': 'text/plain' };
  const event = await eventOf('changed', { method: 'POST', path: '/old', headers, body: 'old' });
  assert.deepEqual([event.rawPath, event.rawQueryString, event.body], ['/new', 'q=1', 'new']);
  assert.deepEqual([event.headers['x-user'], event.headers['content-length']], ['ann', '3']);
  assert.ok(!('x-secret' in event.headers));
});

test('a path that is not for the route is a 404, and one that is gives its parameters', async () => {
  assert.deepEqual((await eventOf('users', { path: '/users/a%20b' })).pathParameters, { id: 'a b' });
  const answer = await call('users', { path: '/users' });
  assert.equal(answer.status, 404);
  const entry = await environment.envoy.accessLog(({ status }) => status === 404);
  assert.equal(entry.details, 'lambda_ext_proc{LAMBDA_EXT_PROC_PATH_MISMATCH}');
});

/** What callers cannot send, or Envoy answers itself. */
const notSent = [
  '__proto__',
  'constructor',
  'te',
  'connection',
  'expect',
  'content-length',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-request-id',
];

test('60 hostile requests arrive with their path, query, cookies and bytes', async (t) => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  const requests = hostileRequests(seed);
  let refused = 0;
  for (let round = 0; round < 60; round++) {
    const { method, path, query, headers, body } = requests.next().value;
    const api = eventFormats[round % eventFormats.length] ?? 'alb';
    const lines: Record<string, string[]> = {};
    for (const [name, value] of headers) {
      if (!notSent.includes(name)) lines[name] = [...(lines[name] ?? []), Buffer.from(value).toString('latin1')];
    }
    const request = { method, path: query === undefined ? path : `${path}?${query}`, headers: lines };
    const answer = await call(api, body === undefined ? request : { ...request, body });
    // Envoy refuses some paths itself; the sidecar refuses none.
    if (answer.status !== 200) {
      assert.equal(answer.status, 400, `${seed}: ${answer.body}`);
      assert.equal(answer.body.toString().includes('http_status_code'), false);
      refused++;
      continue;
    }
    if (method === 'HEAD') continue;
    const event: Event = JSON.parse(answer.body.toString());
    const place = `${api}, request ${round} of seed ${seed}`;
    const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
    assert.deepEqual(bytes, Buffer.from(body ?? ''), place);
    if (api !== 'api-gateway-v2') assert.equal(event.rawPath ?? event.path, path, place);
    if ('rawQueryString' in event) assert.equal(event.rawQueryString, query ?? '', place);
  }
  t.diagnostic(`seed ${seed}: Envoy refused ${refused} of 60`);
  assert.ok(refused < 30);
});
