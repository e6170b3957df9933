// Bugs of other gateways and adapters when they make events of requests, each with the project that it was reported to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventFormats, eventOf } from '../../support/aws-events.ts';

test('Kong #7641: an event without requestContext crashes adapters', async () => {
  for (const format of eventFormats) assert.ok((await eventOf(format)).requestContext, format);
});

test('aws-sam-cli #3304: stage, time and domainName are null or absent', async () => {
  for (const format of ['api-gateway-v1', 'http-api-v1', 'api-gateway-v2', 'function-url'] as const) {
    const { requestContext: context } = await eventOf(format, { head: { host: null } });
    for (const text of [context.stage, context.time ?? context.requestTime, context.domainName, context.domainPrefix]) {
      assert.equal(typeof text, 'string');
    }
    assert.equal(typeof (context.timeEpoch ?? context.requestTimeEpoch), 'number');
  }
});

test('ministack #1035: rawQueryString is decoded', async () => {
  const { rawQueryString } = await eventOf('api-gateway-v2', { path: '/?a=%20%2F&b=+' });
  assert.equal(rawQueryString, 'a=%20%2F&b=+');
});

test('fastify-aws-lambda #202, lambda-api #277: a%2Cb is split like two values', async () => {
  const event = await eventOf('function-url', { path: '/?x=a%2Cb&x=c' });
  assert.equal(event.rawQueryString, 'x=a%2Cb&x=c');
  const { multiValueQueryStringParameters } = await eventOf('api-gateway-v1', { path: '/?x=a%2Cb&x=c' });
  assert.deepEqual(multiValueQueryStringParameters, { x: ['a,b', 'c'] });
});

test('Zappa #1473: repeated keys are lost', async () => {
  const path = '/?a=1&a=2&a=3';
  assert.equal((await eventOf('api-gateway-v2', { path })).queryStringParameters.a, '1,2,3');
  assert.deepEqual((await eventOf('http-api-v1', { path })).multiValueQueryStringParameters.a, ['1', '2', '3']);
  const alb = await eventOf('alb', { path, format: { multiValueHeaders: true } });
  assert.deepEqual(alb.multiValueQueryStringParameters.a, ['1', '2', '3']);
});

test('srvx #299: ?foo is dropped or becomes foo=', async () => {
  const event = await eventOf('api-gateway-v2', { path: '/?foo' });
  assert.deepEqual([event.rawQueryString, event.queryStringParameters], ['foo', { foo: '' }]);
});

test('aws-cdk #19827: + is not a blank when decoded, or no + when raw', async () => {
  const path = '/?q=a+b%2Bc';
  const event = await eventOf('api-gateway-v2', { path });
  assert.deepEqual([event.rawQueryString, event.queryStringParameters.q], ['q=a+b%2Bc', 'a b+c']);
  assert.equal((await eventOf('alb', { path })).queryStringParameters.q, 'a+b%2Bc');
});

test('amplify-swift #3955: X;Y is cut at the semicolon', async () => {
  for (const format of eventFormats) {
    assert.deepEqual((await eventOf(format, { path: '/?q=X;Y' })).queryStringParameters, { q: 'X;Y' });
  }
});

test('bref #2159: a nested URL is encoded again', async () => {
  const query = 'next=https%3A%2F%2Fa.test%2F%3Fb%3D1%26c%3D2';
  const event = await eventOf('api-gateway-v2', { path: `/?${query}` });
  assert.equal(event.rawQueryString, query);
  assert.equal(event.queryStringParameters.next, 'https://a.test/?b=1&c=2');
});

test('aws-lambda-rust-runtime #543, fastify-aws-lambda #90, mangum #178, apollo-server #4974: ALB values are decoded', async () => {
  const event = await eventOf('alb', { path: '/a%20b?x%5B%5D=a%2520b' });
  assert.deepEqual([event.path, event.queryStringParameters], ['/a%20b', { 'x%5B%5D': 'a%2520b' }]);
});

test('standard-server #93: a decoded ? or # in the path changes the URL', async () => {
  assert.equal((await eventOf('function-url', { path: '/a%3Fb%23c' })).rawPath, '/a%3Fb%23c');
});

test('fastify-aws-lambda #169: /a%2Fb', async () => {
  assert.equal((await eventOf('api-gateway-v2', { path: '/a%2Fb' })).rawPath, '/a/b');
  assert.equal((await eventOf('function-url', { path: '/a%2Fb' })).rawPath, '/a%2Fb');
  assert.equal((await eventOf('api-gateway-v1', { path: '/a%2Fb' })).path, '/a%2Fb');
});

test('serverless-offline #265, #638, micronaut-aws #656, serverless-java-container #621: path parameters are decoded twice', async () => {
  const request = { path: '/a%2520b', format: { resource: '/{x}' } };
  assert.equal((await eventOf('api-gateway-v1', request)).pathParameters.x, 'a%2520b');
  assert.equal((await eventOf('http-api-v1', request)).pathParameters.x, 'a%20b');
  assert.equal((await eventOf('api-gateway-v2', request)).pathParameters.x, 'a%20b');
});

test('aws-lambda-web-adapter #121, aws-lambda-rust-runtime #586: cookies arrive twice', async () => {
  const headers = { cookie: 'a=1' };
  const v2 = await eventOf('api-gateway-v2', { headers });
  assert.deepEqual([v2.cookies, 'cookie' in v2.headers], [['a=1'], false]);
  const url = await eventOf('function-url', { headers });
  assert.deepEqual([url.cookies, url.headers.cookie], [['a=1'], 'a=1']);
  assert.ok(!('cookies' in (await eventOf('alb', { headers }))));
});

test('serverless-http #159, mangum #153, apex-gateway #36: cookies are lost', async () => {
  const headers = [
    ['cookie', 'a=1; b=2'],
    ['cookie', 'c=3'],
  ] as const;
  for (const format of ['api-gateway-v2', 'function-url'] as const) {
    assert.deepEqual((await eventOf(format, { headers })).cookies, ['a=1', 'b=2', 'c=3']);
  }
  assert.equal((await eventOf('api-gateway-v1', { headers })).headers.Cookie, 'a=1; b=2; c=3');
});

test('kgateway #8207: host is called :authority', async () => {
  for (const format of eventFormats) {
    const { headers } = await eventOf(format);
    assert.equal(headers.host ?? headers.Host, 'abc.example.com:8443');
    assert.ok(!Object.keys(headers).some((name) => name.startsWith(':')));
  }
});

test('apisix #9351: headers that were removed earlier are sent anyway', async () => {
  const event = await eventOf('alb', { headers: { 'x-secret': 's' }, before: [{ headers: { remove: ['X-Secret'] } }] });
  assert.ok(!('x-secret' in event.headers));
});

test('floci #3153: a binary body is a text with U+FFFD', async () => {
  const body = Uint8Array.of(0, 0xff, 0xfe, 0x80, 0x41);
  for (const format of eventFormats) {
    for (const type of ['application/octet-stream', 'text/plain', 'application/json']) {
      const event = await eventOf(format, { method: 'POST', headers: { 'content-type': type }, body });
      assert.deepEqual([event.isBase64Encoded, event.body], [true, Buffer.from(body).toString('base64')]);
    }
  }
});
