// Bugs of other projects on the way from a result to a response (facts: docs/reference/formats.md). A name is the report's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { apiGatewayV2Response } from '../../../../src/formats/index.ts';
import { decode, dialectNames, refusal, values } from './decode.ts';

const v1 = ['api-gateway-v1', 'http-api-v1'] as const;
const v2 = ['api-gateway-v2', 'function-url'] as const;

test('mangum #215, ministack #749, serverless-http #168, lambda-dotnet #750: several cookies, a line each', () => {
  const lines = ['a=1; Path=/', 'b=2; HttpOnly', 'c=3'];
  for (const dialect of v2) {
    assert.deepEqual(values(dialect, { statusCode: 200, cookies: lines }, 'set-cookie'), lines);
  }
  for (const dialect of [...v1, 'alb multi-value'] as const) {
    const result = { statusCode: 200, multiValueHeaders: { 'Set-Cookie': lines } };
    assert.deepEqual(values(dialect, result, 'set-cookie'), lines);
  }
});

test('powertools-ts #5674: a cookie is not cut at the comma of Expires', () => {
  const line = 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/';
  for (const dialect of v2) {
    assert.deepEqual(values(dialect, { statusCode: 200, cookies: [line] }, 'set-cookie'), [line]);
    assert.deepEqual(values(dialect, { statusCode: 200, headers: { 'set-cookie': line } }, 'set-cookie'), [line]);
  }
});

test('srvx #239: a cookie in headers and in cookies is one line', () => {
  for (const dialect of v2) {
    const result = { statusCode: 200, headers: { 'Set-Cookie': 'a=1' }, cookies: ['a=1', 'b=2'] };
    assert.deepEqual(values(dialect, result, 'set-cookie'), ['a=1', 'b=2']);
  }
});

test('SAM #830, #1190: multiValueHeaders are merged', () => {
  for (const dialect of v1) {
    const result = { statusCode: 200, headers: { 'x-a': '1' }, multiValueHeaders: { 'x-b': ['2', '3'] } };
    assert.deepEqual(values(dialect, result, 'x-a'), ['1']);
    assert.deepEqual(values(dialect, result, 'x-b'), ['2', '3']);
  }
});

test('wso2 #4926: the status of the result is read', () => {
  for (const dialect of dialectNames) assert.equal(decode(dialect, { statusCode: 404, body: 'no' }).status, 404);
});

test('wso2 #13797: status 999 sends nothing, and an empty body keeps location', () => {
  for (const dialect of dialectNames) {
    assert.equal(refusal(dialect, { statusCode: 999, headers: { 'x-a': 'a' }, body: 'b' }), 'status');
    const headers = { location: 'https://elsewhere.test/' };
    const moved = { statusCode: 302, headers, multiValueHeaders: { location: [headers.location] }, body: '' };
    assert.deepEqual(values(dialect, moved, 'location'), [headers.location]);
  }
});

test('localstack #11199: "201" is 201', () => {
  for (const dialect of dialectNames) assert.equal(decode(dialect, { statusCode: '201' }).status, 201);
});

test('lamby #78: cookies in a 1.0 result are ignored', () => {
  for (const dialect of v1) {
    assert.deepEqual(values(dialect, { statusCode: 200, cookies: ['a=1'] }, 'set-cookie'), []);
  }
});

test('lambda-api #117: a boolean header is text', () => {
  for (const dialect of [...v1, ...v2, 'alb'] as const) {
    assert.deepEqual(values(dialect, { statusCode: 200, headers: { 'x-a': true } }, 'x-a'), ['true']);
  }
});

test('lambda-dotnet #507, powertools-python #4671: nulls are fine', () => {
  const result = {
    statusCode: 200,
    statusDescription: null,
    headers: null,
    multiValueHeaders: null,
    cookies: null,
    body: null,
  };
  for (const dialect of dialectNames) assert.equal(decode(dialect, { ...result, isBase64Encoded: null }).status, 200);
});

test('hono #2626, #2493, serverless-express #464, serverless-http #283: ALB reads one field of headers, by its mode', () => {
  const result = { statusCode: 200, headers: { 'x-a': 'single' }, multiValueHeaders: { 'x-a': ['multi'] } };
  assert.deepEqual(values('alb', result, 'x-a'), ['single']);
  assert.deepEqual(values('alb multi-value', result, 'x-a'), ['multi']);
});

test('srvx #239: a gzip body stays the bytes that it is', () => {
  const bytes = gzipSync('compressed '.repeat(100));
  const result = {
    statusCode: 200,
    headers: { 'content-encoding': 'gzip' },
    isBase64Encoded: true,
    body: bytes.toString('base64'),
  };
  const { body } = apiGatewayV2Response.decode({ status: 200, payload: Buffer.from(JSON.stringify(result)) });
  assert.deepEqual(body, bytes);
});

test('serverless-offline #236: www-authenticate is not renamed', () => {
  for (const dialect of [...v1, ...v2, 'alb'] as const) {
    const result = { statusCode: 401, headers: { 'WWW-Authenticate': 'Basic realm="a"' } };
    assert.deepEqual(values(dialect, result, 'www-authenticate'), ['Basic realm="a"']);
  }
});

test('SAM #964: an array is inferred to be the body in 2.0', () => {
  for (const dialect of v2) {
    assert.deepEqual(decode(dialect, '[{"id": 1}]'), {
      status: 200,
      headers: [['content-type', 'application/json']],
      body: '[{"id": 1}]',
    });
  }
});
