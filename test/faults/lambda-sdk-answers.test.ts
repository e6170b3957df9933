import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { InvokeCommand, type InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createLambdaInvoker, InvocationError } from '../../src/lambda/index.ts';
import { listErrorClasses } from '../../src/lambda/result/error-classes.ts';
import { type Behaviour, encodeAnswer, FaultStub, type StubAnswer } from '../support/fault-stub.ts';
import { accessKey, failureOf, invocation, secretKey, secrets } from '../support/invocation.ts';
import { serviceErrorSchemas } from '../support/service-errors.ts';

/** One answer of the stub, and what both clients must make of it. */
interface Row {
  readonly name: string;
  readonly behaviour: Behaviour;
}

const answer = (name: string, stubAnswer: StubAnswer): Row => ({
  name,
  behaviour: { kind: 'answer', answer: stubAnswer },
});
const raw = (name: string, bytes: string | Buffer, end: 'keep' | 'close' | 'reset' = 'close'): Row => ({
  name,
  behaviour: { kind: 'raw', bytes: Buffer.from(bytes), end },
});

const schemas = serviceErrorSchemas();
const shared = [...listErrorClasses().keys()].filter((type) => !schemas.some(({ name }) => name === type));
const rows: readonly Row[] = [
  ...schemas.map(({ name }): Row => ({ name: `${name} by its schema`, behaviour: { kind: 'error', type: name } })),
  ...shared.flatMap((type) => [
    answer(`${type} (403) in the header`, {
      status: 403,
      headers: { 'x-amzn-errortype': type },
      body: '{"message":"no"}',
    }),
    answer(`${type} (400) as __type`, {
      status: 400,
      body: JSON.stringify({ __type: `com.amazon.coral#${type}`, Message: 'no' }),
    }),
    answer(`${type} (503) as code`, { status: 503, body: JSON.stringify({ Code: type, message: 'no' }) }),
  ]),
  answer('200', { status: 200, body: '{"ok":true}' }),
  answer('200 with nothing', { status: 200 }),
  answer('200 with bytes', { status: 200, body: Buffer.from([0, 255, 254, 10, 13, 0]) }),
  answer('200 with all headers', {
    status: 200,
    headers: {
      'X-Amz-Executed-Version': '$LATEST',
      'x-amz-log-result': Buffer.from('START\nÜ\nEND').toString('base64'),
    },
    body: '"x"',
  }),
  answer('Unhandled', {
    status: 200,
    headers: { 'x-amz-function-error': 'Unhandled' },
    body: '{"errorMessage":"boom"}',
  }),
  answer('Handled', {
    status: 200,
    headers: { 'x-amz-function-error': 'Handled', 'x-amz-executed-version': '7' },
    body: '{}',
  }),
  answer('201', { status: 201, body: '{}' }),
  answer('202', { status: 202 }),
  answer('204', { status: 204 }),
  answer('299', { status: 299, body: 'odd' }),
  answer('300', { status: 300, body: '{}' }),
  answer('302 to elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }),
  answer('304', { status: 304 }),
  answer('400 of another program', { status: 400, body: '<html>bad</html>' }),
  answer('403 with a bare message', { status: 403, body: '{"message":"Forbidden"}' }),
  answer('404 with nothing', { status: 404 }),
  answer('429 of another program', { status: 429, headers: { 'retry-after': '1' }, body: 'slow down' }),
  answer('500 with an array', { status: 500, body: '[1]' }),
  answer('500 with null', { status: 500, body: 'null' }),
  answer('502 of a proxy', { status: 502, body: '<html>Bad gateway</html>' }),
  answer('503 with nothing', { status: 503 }),
  answer('an error that nobody knows', {
    status: 418,
    headers: { 'x-amzn-errortype': 'TeapotException' },
    body: '{"message":"x"}',
  }),
  answer('an error with a list of types', {
    status: 400,
    headers: { 'x-amzn-errortype': 'ValidationException,Other' },
    body: '{}',
  }),
  answer('an error with no body', { status: 404, headers: { 'x-amzn-errortype': 'ResourceNotFoundException' } }),
  raw('chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n'),
  raw('no length, to the end of the connection', 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"a":1}'),
  raw(
    '103 before the answer',
    Buffer.concat([
      Buffer.from('HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n'),
      encodeAnswer({ status: 200, body: '{}' }),
    ]),
  ),
  raw('a reset instead of an answer', '', 'reset'),
  raw('an end instead of an answer', ''),
  raw('garbage', '\x16\x03\x01\x00\x02 no HTTP at all \r\n\r\n'),
  raw('another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'),
  raw('a cut head', 'HTTP/1.1 200 OK\r\ncontent-le'),
  raw('a cut body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a":1}'),
  raw('cut chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{"a"'),
  raw('a length that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: ten\r\n\r\n{"a":1}'),
  raw('two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 7\r\ncontent-length: 8\r\n\r\n{"a":1}'),
];

suite('an answer means to this invoker what it means to the SDK', () => {
  let stub: FaultStub;
  let client: LambdaClient;
  const invoker = createLambdaInvoker({ environment: {} });

  before(async () => {
    stub = await FaultStub.start({ secrets });
    client = new LambdaClient({
      region: 'us-east-1',
      endpoint: stub.endpoint,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler({ requestTimeout: 2000, throwOnRequestTimeout: true }),
    });
  });
  after(async () => {
    client.destroy();
    await invoker.close();
    await stub.stop();
  });

  for (const { name, behaviour } of rows) {
    test(name, async () => {
      stub.script('f', behaviour);
      const own = await outcomeOfOurs(() => invoker.invoke(invocation({ endpoint: stub.endpoint, logType: 'Tail' })));
      const reference = await outcomeOfSdk(() =>
        client.send(new InvokeCommand({ FunctionName: 'f', LogType: 'Tail', Payload: Buffer.from('{}') })),
      );
      assert.deepEqual(own, reference);
    });
  }

  test('an error whose text is cut keeps the name in its header, which the SDK loses', async () => {
    const headers = { 'x-amzn-errortype': 'InvalidParameterValueException' };
    stub.script('f', { kind: 'answer', answer: { status: 400, headers, body: '{"mess' } });
    const { kind, errorType } = await failureOf(invoker, invocation({ endpoint: stub.endpoint }));
    assert.deepEqual({ kind, errorType }, { kind: 'service', errorType: 'InvalidParameterValueException' });
  });

  test('the table holds every error that the SDK knows', () => {
    assert.ok(schemas.length >= 56, String(schemas.length));
    for (const { name } of schemas) assert.ok(listErrorClasses().has(name), name);
  });
});

async function outcomeOfOurs(
  call: () => ReturnType<ReturnType<typeof createLambdaInvoker>['invoke']>,
): Promise<unknown> {
  try {
    const { status, functionError, executedVersion, requestId, logTail, payload } = await call();
    return {
      status,
      functionError,
      executedVersion,
      requestId,
      logTail,
      payload: Buffer.from(payload).toString('hex'),
    };
  } catch (error) {
    if (!(error instanceof InvocationError)) throw error;
    const { kind, errorType, statusCode, requestId } = error;
    return kind === 'connection' ? { kind } : { kind, errorType, statusCode, requestId };
  }
}

/** The SDK's outcome in the words of this project. */
async function outcomeOfSdk(call: () => Promise<InvokeCommandOutput>): Promise<unknown> {
  try {
    const result = await call();
    return {
      status: result.StatusCode,
      functionError: result.FunctionError,
      executedVersion: result.ExecutedVersion,
      requestId: result.$metadata.requestId,
      logTail: result.LogResult === undefined ? undefined : Buffer.from(result.LogResult, 'base64').toString(),
      payload: Buffer.from(result.Payload ?? new Uint8Array()).toString('hex'),
    };
  } catch (error) {
    const { name, $metadata, $response } = error as {
      name: string;
      $metadata?: { httpStatusCode?: number; requestId?: string };
      $response?: { statusCode: number; headers: Record<string, string> };
    };
    const statusCode = $metadata?.httpStatusCode ?? $response?.statusCode;
    // A 2xx answer that broke off keeps its status in the SDK's error.
    if (statusCode === undefined || statusCode < 300) return { kind: 'connection' };
    const requestId = $metadata?.requestId ?? $response?.headers['x-amzn-requestid'];
    // `Unknown` is how the SDK calls an answer that names no error; what is no JSON it fails to read.
    const unnamed = name === 'Unknown' || name === 'SyntaxError' || name === 'TypeError';
    return { kind: unnamed ? 'status' : 'service', errorType: unnamed ? undefined : name, statusCode, requestId };
  }
}
