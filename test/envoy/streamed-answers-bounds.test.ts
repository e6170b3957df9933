// What bounds streamed answers, and what stands beside them in a flow, through a real Envoy.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { ENVOY_MINOR_ATTRIBUTE } from '../../src/envoy-names.ts';
import { type EchoLambda, startEchoLambda } from '../support/echo-lambda.ts';
import { envoyConfig, envoyMinor, startEnvoy } from '../support/envoy.ts';
import { streamHttp1, streamHttp2, streamingCallers } from '../support/streaming-callers.ts';
import { type StreamingEnvironment, startStreaming, streamingEnvoy } from '../support/streaming-environment.ts';
import { streams } from '../support/streaming-stub.ts';

const MiB = 1024 * 1024;
const minor = envoyMinor();
const skip = minor < 37 && 'Envoy 1.37 is the first that can';
/** The most that can be configured. */
const unbounded = { maxBytes: 2 ** 30, bytesPerSecond: 2 ** 30, burstBytes: 2 ** 30 };
const apis = { raw: {}, flow: {}, unbounded: { streaming: unbounded } };

const gzip = {
  name: 'envoy.filters.http.compressor',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.compressor.v3.Compressor',
    compressor_library: {
      name: 'gzip',
      typed_config: { '@type': 'type.googleapis.com/envoy.extensions.compression.gzip.compressor.v3.Gzip' },
    },
    response_direction_config: { common_config: { content_type: ['application/octet-stream'], min_content_length: 1 } },
  },
};

let environment: StreamingEnvironment;
/** For steps that do not stream. */
let echo: EchoLambda;

before(async () => {
  echo = await startEchoLambda();
  environment = await startStreaming({
    apis,
    document: { limits: { responseStreams: 2, bodyBytes: 100, shares: { default: 1 } } },
    api: {
      flow: {
        response: [
          {
            condition: '{#response.status == 200}',
            configuration: {
              endpoint: echo.endpoint,
              function: 'echo',
              mutations: { status: 203, headers: { set: { 'x-step': 'ran' }, remove: ['content-type'] } },
            },
          },
        ],
      },
    },
    envoy: {
      requestAttributes: ['xds.route_name', ENVOY_MINOR_ATTRIBUTE],
      filtersBefore: [gzip, ...streamingEnvoy([]).filtersBefore],
    },
  });
});
after(async () => {
  await environment?.stop();
  echo?.stop();
});

const call = (path: string, caller = streamHttp1, headers = {}) => caller(environment.envoy.url, path, { headers });

describe('streams at a time', { skip }, () => {
  test('one beyond limits.responseStreams is a 503 with its key, and calls no function', async () => {
    const open = [];
    for (const caller of [streamHttp1, streamHttp2]) {
      const stream = environment.next('raw');
      const opened = call('/duplex/raw', caller);
      const source = await stream;
      await source.chunk('open');
      open.push({ source, answer: await opened });
    }
    assert.equal(await environment.sidecar.metric('lambda_ext_proc_response_streams'), 2);
    const calls = environment.stub.attempts('raw');
    const refused = await call('/duplex/raw?beyond');
    assert.equal(await refused.ended, 'end');
    assert.equal(refused.status, 503);
    assert.equal(refused.headers['retry-after'], '1');
    const entry = await environment.envoy.accessLog(({ path }) => path === '/duplex/raw?beyond');
    assert.equal(entry.details, 'lambda_ext_proc{LAMBDA_EXT_PROC_OVERLOADED}');
    assert.equal(environment.stub.attempts('raw'), calls);
    assert.equal(await environment.sidecar.metric('lambda_ext_proc_limit_reached_total{limit="response_streams"}'), 1);
    for (const { source, answer } of open) {
      await source.complete();
      assert.equal(await answer.ended, 'end');
    }
    environment.on('raw', streams('room'));
    const next = await call('/duplex/raw');
    assert.equal(await next.ended, 'end');
    assert.equal(next.body().toString(), 'room');
  });
});

describe('what stands beside it', { skip }, () => {
  test("response steps' mutations of status and headers act before it leaves", async () => {
    environment.on('flow', streams('a body'));
    const answer = await call('/duplex/flow');
    assert.equal(await answer.ended, 'end');
    assert.deepEqual(
      [answer.status, answer.headers['x-step'], answer.headers['content-type'], answer.body().toString()],
      [203, 'ran', undefined, 'a body'],
    );
  });

  for (const [protocol, caller] of Object.entries(streamingCallers)) {
    test(`the gzip compressor lets each piece through: ${protocol}`, async () => {
      const stream = environment.next('raw');
      const opened = call('/duplex/raw', caller, { 'accept-encoding': 'gzip' });
      const source = await stream;
      await source.chunk('data: 1\n\n');
      const answer = await opened;
      assert.equal(answer.headers['content-encoding'], 'gzip');
      const head = (await answer.until(1)).length;
      await source.chunk('data: 2\n\n');
      await answer.until(head + 1);
      await source.complete();
      assert.equal(await answer.ended, 'end');
    });
  }
});

describe('what cannot stream', () => {
  test('what is collected is bounded by limits.bodyBytes', async () => {
    environment.on('raw', streams('x'.repeat(60), 'x'.repeat(60)));
    const answer = await call('/buffered/raw?large');
    assert.equal(await answer.ended, 'end');
    assert.equal(answer.status, 500);
    const entry = await environment.envoy.accessLog(({ path }) => path === '/buffered/raw?large');
    assert.equal(entry.details, 'lambda_ext_proc{LAMBDA_EXT_PROC_BODY_TOO_LARGE}');
    assert.equal(await environment.stub.closedTo(0), true);
  });
});

describe("the example's overload manager", { skip }, () => {
  test('resets an HTTP/2 caller who reads nothing of a large answer, which stops the invocation', async () => {
    const { overload_manager } = parse(readFileSync('envoy/envoy.yaml', 'utf8'));
    const [heap] = overload_manager.resource_monitors;
    heap.typed_config.max_heap_size_bytes = 64 * MiB;
    const { sidecar, backend } = environment;
    const config = envoyConfig({
      ...streamingEnvoy(['unbounded']),
      sidecar: sidecar.addresses,
      backend: backend.address,
    });
    const envoy = await startEnvoy({ config: { ...config, overload_manager } });
    try {
      environment.on('unbounded', async (stream) => {
        const chunk = Buffer.alloc(MiB, 'chunk');
        for (let sent = 0; sent < 128; sent++) await stream.chunk(chunk);
        // Envoy has to end it.
        await stream.closed;
      });
      const session = connect(envoy.url);
      session.on('error', () => {});
      const stream = session.request({ ':path': '/duplex/unbounded' });
      stream.on('error', () => {});
      const closed = new Promise((resolve) => stream.once('close', resolve));
      await once(stream, 'response');
      await closed;
      assert.notEqual(stream.rstCode, 0);
      assert.equal(await environment.stub.closedTo(0), true);
      assert.equal((await envoy.accessLog(({ path }) => path === '/duplex/unbounded')).flags, 'OM');
      session.close();
    } finally {
      await envoy.stop();
    }
  });
});

describe('a sidecar that is killed', { skip }, () => {
  test('cuts its streams, though Envoy may let requests pass without it', async () => {
    const environment = await startStreaming({ apis: { raw: {} }, envoy: { filter: { failure_mode_allow: true } } });
    try {
      const answers = [];
      for (const caller of Object.values(streamingCallers)) {
        const stream = environment.next('raw');
        const opened = caller(environment.envoy.url, '/duplex/raw');
        await (await stream).chunk('begun');
        const answer = await opened;
        assert.equal(await answer.until(5), 'begun');
        answers.push(answer);
      }
      environment.sidecar.signal('SIGKILL');
      for (const answer of answers) {
        assert.equal(await answer.ended, 'cut');
        assert.equal(answer.body().toString(), 'begun');
      }
    } finally {
      await environment.stop();
    }
  });
});

// Last: it ends the sidecar.
describe('SIGTERM', { skip }, () => {
  test('lets a stream run to its end within the drain time, then cuts the others with their key', async () => {
    const environment = await startStreaming({
      apis: { raw: {} },
      args: ['--drain-grace', '0', '--drain-timeout', '2'],
    });
    try {
      const begin = async (path: string) => {
        const stream = environment.next('raw');
        const opened = streamHttp1(environment.envoy.url, path);
        const source = await stream;
        await source.chunk('begun');
        return { source, answer: await opened };
      };
      const ends = await begin('/duplex/raw?ends');
      const stays = await begin('/duplex/raw?stays');
      environment.sidecar.signal('SIGTERM');
      await environment.sidecar.log(({ msg }) => msg === 'draining');
      await ends.source.chunk(' and ended');
      await ends.source.complete();
      assert.equal(await ends.answer.ended, 'end');
      assert.equal(ends.answer.body().toString(), 'begun and ended');
      assert.equal(await stays.answer.ended, 'cut');
      const entry = await environment.envoy.accessLog(({ path }) => path === '/duplex/raw?stays');
      assert.equal(entry.details, 'lambda_ext_proc{LAMBDA_EXT_PROC_SHUTTING_DOWN}');
      assert.equal(await environment.sidecar.exited, 0);
    } finally {
      await environment.stop();
    }
  });
});
