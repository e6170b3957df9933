// Streamed answers with the policies around them, through the recommended Envoy (envoy/envoy.yaml).
import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { after, before, describe, test } from 'node:test';
import { STREAMING_MINOR } from '../../src/envoy-names.ts';
import { envoyMinor, type RunningEnvoy, startEnvoy } from '../support/envoy.ts';
import type { Json } from '../support/envoy-config.ts';
import { exampleEnvoy, exampleRoute, onFreePorts } from '../support/example-envoy.ts';
import { startLocalLambda } from '../support/local-lambda.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';
import { prelude, StreamingStub, streams } from '../support/streaming-stub.ts';

const GZIP = {
  name: 'gzip',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.compressor.v3.Compressor',
    response_direction_config: { common_config: { content_type: ['text/event-stream'] } },
    compressor_library: {
      name: 'gzip',
      typed_config: { '@type': 'type.googleapis.com/envoy.extensions.compression.gzip.compressor.v3.Gzip' },
    },
  },
};

/** The route of the example for another API, with other modes if there are some. */
function routeTo(api: string, modes?: Json): Json {
  const text = JSON.stringify(exampleRoute('chat')).replaceAll('"chat"', `"${api}"`).replaceAll('/chat', `/${api}`);
  const route = JSON.parse(text) as { typed_per_filter_config: Record<string, { overrides: Json }> };
  const overrides = route.typed_per_filter_config['envoy.filters.http.ext_proc']?.overrides;
  if (modes !== undefined && overrides !== undefined) overrides.processing_mode = modes;
  return route;
}

const DUPLEX = {
  request_header_mode: 'SEND',
  response_header_mode: 'SEND',
  request_body_mode: 'FULL_DUPLEX_STREAMED',
  request_trailer_mode: 'SEND',
};

describe('a streamed answer', { skip: envoyMinor() < STREAMING_MINOR }, () => {
  let stub: StreamingStub;
  let lambda: Awaited<ReturnType<typeof startLocalLambda>>;
  let sidecar: RunningSidecar;
  let envoy: RunningEnvoy;
  let audited = 0;

  before(async () => {
    stub = await StreamingStub.start();
    lambda = await startLocalLambda({
      tier: () => ({ tier: 'gold' }),
      audit: () => {
        audited++;
        return null;
      },
      view: () => ({ ok: true }),
    });
    const chat = {
      function: 'chat',
      endpoint: stub.endpoint,
      responseFormat: 'function-url',
      sendToConsumer: true,
      streaming: true,
    };
    const flow = {
      request: [
        {
          configuration: {
            function: 'tier',
            payload: {},
            variables: [{ name: 'tier', value: "{#jsonPath(#lambdaResponse.content, '$.tier')}" }],
          },
        },
        {
          name: 'chat',
          configuration: {
            ...chat,
            payload: { tier: "{#context.attributes['tier']}", text: '{#request.content}' },
            answer: { headers: { set: { 'x-by': 'chat' } } },
          },
        },
        { configuration: { function: 'audit', invocationType: 'Event', payload: '{#response.status}' } },
      ],
      response: [
        {
          configuration: {
            function: 'view',
            payload: {},
            mutations: { status: 203, headers: { append: { 'x-by': 'view' } } },
          },
        },
      ],
      responseTemplates: { DEFAULT: { '*/*': { status: 502, body: { key: '{#error.key}' } } } },
    };
    const simple = { request: [{ configuration: chat }] };
    sidecar = await startSidecar({
      config: {
        version: 1,
        envoy: { allowModeOverride: true, responseHeaders: true, messageTimeoutMs: 10_000, streamedCookies: 4 },
        defaults: { endpoint: lambda.endpoint, accessKey: 'AKIDEXAMPLE', secretKey: 'secret' },
        apis: { flow, simple, buffered: simple },
      },
    });
    const routes = [
      routeTo('flow', DUPLEX),
      routeTo('simple'),
      routeTo('buffered', { request_header_mode: 'SEND', request_body_mode: 'BUFFERED' }),
    ];
    envoy = await startEnvoy({ config: onFreePorts(exampleEnvoy(routes, [GZIP]), sidecar.address) });
  });
  after(async () => {
    await envoy?.stop();
    await sidecar?.stop();
    await stub?.stop();
    lambda?.stop();
  });

  for (const method of ['GET', 'POST']) {
    test(`of a ${method} has what the steps around it say, over HTTP/1.1 and HTTP/2`, async () => {
      stub.on('chat', streams(prelude({ statusCode: 200, headers: { 'content-type': 'text/plain' } }), 'one ', 'two'));
      const called = audited;
      const body = method === 'POST' ? { body: 'hello' } : {};
      const response = await fetch(`${envoy.url}/flow`, { method, ...body });
      assert.equal(response.status, 203);
      assert.equal(response.headers.get('x-by'), 'chat, view');
      assert.equal(response.headers.get('content-length'), null);
      assert.equal(await response.text(), 'one two');
      const sent = JSON.parse(String(stub.requests.at(-1)?.body)) as Json;
      assert.equal(sent.tier, 'gold');
      assert.equal(sent.text ?? '', method === 'POST' ? 'hello' : '');
      assert.equal(audited, called + 1, 'later request steps run');
      const second = await overHttp2(envoy.url, method, '/flow', body.body);
      assert.deepEqual([second.status, second.text, second.headers['x-by']], [203, 'one two', 'chat, view']);
    });
  }

  test('brings all cookies that the filter has entries for, and an answer with more is an error in the log', async () => {
    const cookies = ['a=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2', 'c=3', 'd=4'];
    stub.on('chat', streams(prelude({ cookies }), 'x'));
    const response = await fetch(`${envoy.url}/simple`);
    assert.deepEqual(response.headers.getSetCookie(), cookies);
    await response.text();
    const isTold = (line: Json): boolean => line.level === 'error' && /has 5 cookies/.test(String(line.msg));
    assert.ok(!sidecar.logs().some(({ level, msg }) => level === 'error' && /cookies/.test(String(msg))));
    stub.on('chat', streams(prelude({ cookies: [...cookies, 'e=5'] }), 'x'));
    await (await fetch(`${envoy.url}/simple`)).text();
    await sidecar.log(isTold);
    stub.on('chat', streams(prelude({}), 'x'));
    assert.deepEqual(
      (await fetch(`${envoy.url}/simple`)).headers.getSetCookie(),
      [],
      'without metadata nothing is added',
    );
  });

  test('that fails before its first byte is an error with its key and template', async () => {
    stub.on('chat', async (stream) => {
      await stream.chunk(prelude({ statusCode: 200, headers: { 'x-secret': 'yes' } }));
      await stream.fail();
    });
    const response = await fetch(`${envoy.url}/flow`);
    assert.equal(response.status, 502);
    assert.equal(response.headers.get('x-secret'), null);
    assert.deepEqual(await response.json(), { key: 'AWS_LAMBDA_INVALID_RESPONSE' });
  });

  test('of server-sent events stays live through the gzip compressor', async () => {
    const { promise: seen, resolve: see } = Promise.withResolvers<void>();
    stub.on('chat', async (stream) => {
      await stream.chunk(prelude({ headers: { 'content-type': 'text/event-stream' } }));
      await stream.chunk('data: one\n\n');
      await seen;
      await stream.chunk('data: two\n\n');
      await stream.complete();
    });
    const response = await fetch(`${envoy.url}/simple`, { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(response.headers.get('content-encoding'), 'gzip');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader?.read())?.value, 'data: one\n\n', 'before the function has written the next');
    see();
    assert.equal((await reader?.read())?.value, 'data: two\n\n');
    assert.equal((await reader?.read())?.done, true);
  });

  test('is collected where the mode of the route cannot stream', async () => {
    stub.on('chat', streams(prelude({ statusCode: 201, cookies: ['a=1', 'b=2'] }), 'one ', 'two'));
    const response = await fetch(`${envoy.url}/buffered`, { method: 'POST', body: 'hello' });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('content-length'), '7');
    assert.deepEqual(response.headers.getSetCookie(), ['a=1', 'b=2']);
    assert.equal(await response.text(), 'one two');
    await sidecar.log(({ level, msg }) => level === 'warn' && /are collected/.test(String(msg)));
  });

  test('of a caller who leaves closes the call', async () => {
    stub.on('chat', async (stream) => {
      await stream.chunk(prelude({}));
      await stream.chunk('one');
      await stream.closed;
    });
    const controller = new AbortController();
    const response = await fetch(`${envoy.url}/simple`, { signal: controller.signal });
    assert.equal(Buffer.from((await response.body?.getReader().read())?.value ?? []).toString(), 'one');
    controller.abort();
    assert.ok(await stub.closedTo(0), 'within a second');
  });
});

function overHttp2(url: string, method: string, path: string, body = '') {
  const session = connect(url);
  const stream = session.request({ ':method': method, ':path': path }, { endStream: body === '' });
  if (body !== '') stream.end(body);
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    let text = '';
    let headers: Record<string, unknown> = {};
    stream.on('response', (got) => {
      headers = got;
    });
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    stream.on('error', reject);
    stream.on('end', () => {
      session.close();
      resolve({ status: Number(headers[':status']), headers, text });
    });
  });
}
