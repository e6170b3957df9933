// Answers that reach the caller while the function writes them, through a real Envoy: each way in which they can be asked for, and
// each in which they end (docs/notes/envoy.md).
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { envoyConfig, envoyMinor, type RunningEnvoy, startEnvoy } from '../support/envoy.ts';
import {
  type Received,
  type StreamingCaller,
  streamHttp1,
  streamHttp2,
  streamingCallers,
} from '../support/streaming-callers.ts';
import { type StreamingEnvironment, startStreaming, streamingEnvoy } from '../support/streaming-environment.ts';
import { streams } from '../support/streaming-stub.ts';

const skip = envoyMinor() < 37 && 'Envoy 1.37 is the first that can';
const callers = Object.entries(streamingCallers);

const keyed = { DEFAULT: { '*/*': { status: 502, body: 'templated {#error.key}' } } };
let environment: StreamingEnvironment;
/** Ends gRPC streams in the other way, and has short timeouts. */
let other: RunningEnvoy;

before(async () => {
  if (skip) return;
  environment = await startStreaming({
    apis: {
      raw: {},
      reads: { payload: '{#request.content}' },
      small: { streaming: { maxBytes: 10 } },
      idle: { streaming: { idleTimeoutMs: 100 } },
    },
    document: { responseTemplates: keyed, limits: { bodyBytes: 40_000_000 } },
  });
  const { sidecar, backend } = environment;
  const envoy = streamingEnvoy(['raw']);
  const [limited] = envoy.routes;
  const action = { max_stream_duration: { max_stream_duration: '0.5s' } };
  other = await startEnvoy({
    config: envoyConfig({
      ...envoy,
      routes: [{ ...limited, prefix: '/limited', action }, ...envoy.routes],
      sidecar: sidecar.addresses,
      backend: backend.address,
      gracefulClose: false,
      messageTimeout: '0.4s',
      connectionManager: { delayed_close_timeout: '0s', stream_idle_timeout: '1s' },
    }),
  });
});
after(async () => {
  await other?.stop();
  await environment?.stop();
});

const call = (caller: StreamingCaller, path: string, more?: Parameters<StreamingCaller>[2]): Promise<Received> =>
  caller(environment.envoy.url, path, more);

describe('a streamed answer', { skip }, () => {
  for (const [protocol, caller] of callers) {
    for (const mode of ['duplex', 'none']) {
      for (const method of ['GET', 'POST']) {
        for (const closing of ['graceful', 'reset']) {
          test(`reaches the caller piece by piece: ${protocol}, ${mode}, ${method}, ${closing} close`, async () => {
            const url = closing === 'graceful' ? environment.envoy.url : other.url;
            const stream = environment.next('raw');
            const opened = caller(url, `/${mode}/raw`, method === 'GET' ? {} : { method, body: 'x'.repeat(100_000) });
            const source = await stream;
            await source.chunk('first');
            const answer = await opened;
            assert.equal(await answer.until(5), 'first');
            await source.chunk('second');
            assert.equal(await answer.until(11), 'firstsecond');
            await source.complete();
            assert.equal(await answer.ended, 'end');
            assert.equal(answer.status, 200);
            assert.equal(answer.headers['content-length'], undefined);
          });
        }
      }
    }

    test(`follows a body that policies have read: ${protocol}, FULL_DUPLEX_STREAMED, 5 MB`, async () => {
      const body = Buffer.alloc(5_000_000, 'ab');
      environment.on('reads', async (stream, request) => {
        await stream.chunk(String(request.body.equals(body)));
        await stream.complete();
      });
      const answer = await call(caller, '/duplex/reads', { method: 'POST', body });
      assert.equal(await answer.ended, 'end');
      assert.equal(answer.body().toString(), 'true');
    });

    for (const [why, path, options] of [
      ['BUFFERED', '/buffered/raw', {}],
      ['STREAMED', '/streamed/raw', { method: 'POST', body: 'b' }],
      ['a body that an override buffers', '/none/reads', { method: 'POST', body: 'b' }],
    ] as const) {
      test(`is collected and sent at once: ${protocol}, ${why}`, async () => {
        const series = 'lambda_ext_proc_collected_answers_total{reason="body_mode"}';
        const before = await environment.sidecar.metric(series);
        environment.on(path.endsWith('raw') ? 'raw' : 'reads', streams('one', 'two'));
        const answer = await call(caller, path, options);
        assert.equal(await answer.ended, 'end');
        assert.deepEqual(
          [answer.status, answer.headers['content-length'], answer.body().toString()],
          [200, '6', 'onetwo'],
        );
        assert.equal(await environment.sidecar.metric(series), before + 1);
        await environment.sidecar.log(
          ({ level, msg }) => level === 'warn' && msg.startsWith('streamed answers are collected'),
        );
      });
    }

    test(`has its pieces whole and in order: ${protocol}, 3 MB`, async () => {
      const pieces = Array.from({ length: 30 }, (_, index) => Buffer.alloc(100_000, index));
      environment.on('raw', streams(...pieces));
      const answer = await call(caller, '/duplex/raw');
      assert.equal(await answer.ended, 'end');
      assert.ok(answer.body().equals(Buffer.concat(pieces)));
    });
  }

  for (const api of ['raw', 'reads']) {
    for (const body of ['', 'a body']) {
      test(`follows trailers of the request: ${api}, ${body === '' ? 'no body' : body}`, async () => {
        environment.on(api, streams('one', 'two'));
        const answer = await streamHttp2(environment.envoy.url, `/duplex/${api}`, {
          method: 'POST',
          body,
          trailers: { 'x-trailer': '1' },
        });
        assert.equal(await answer.ended, 'end');
        assert.deepEqual([answer.status, answer.body().toString()], [200, 'onetwo']);
      });
    }
  }

  test('waits for its first byte as long as it takes: message_timeout does not run in FULL_DUPLEX_STREAMED', async () => {
    const stream = environment.next('raw');
    const opened = streamHttp1(other.url, '/duplex/raw');
    const source = await stream;
    await new Promise((resolve) => setTimeout(resolve, 700));
    await source.chunk('late');
    await source.complete();
    const answer = await opened;
    assert.deepEqual([answer.status, await answer.ended, answer.body().toString()], [200, 'end', 'late']);
  });

  test('in NONE message_timeout bounds the time to its first byte, and the invocation is stopped', async () => {
    const stream = environment.next('raw');
    const opened = streamHttp1(other.url, '/none/raw');
    await stream;
    const answer = await opened;
    assert.deepEqual([answer.status, await answer.ended], [504, 'end']);
    assert.equal(await environment.stub.closedTo(0), true);
  });

  test('is not cut by message_timeout once it has begun, and is by stream_idle_timeout', async () => {
    const stream = environment.next('raw');
    const opened = streamHttp1(other.url, '/none/raw');
    const source = await stream;
    await source.chunk('a');
    const answer = await opened;
    await new Promise((resolve) => setTimeout(resolve, 600));
    await source.chunk('b');
    assert.equal(await answer.until(2), 'ab');
    assert.equal(await answer.ended, 'cut');
    await source.closed;
    assert.equal((await other.accessLog(({ flags }) => flags === 'SI')).path, '/none/raw');
  });
});

describe('what fails', { skip }, () => {
  for (const [protocol, caller] of callers) {
    test(`before the first byte is an answer with key and template: ${protocol}`, async () => {
      environment.on('raw', (stream) => stream.fail());
      const answer = await call(caller, '/duplex/raw');
      assert.equal(await answer.ended, 'end');
      assert.deepEqual([answer.status, answer.body().toString()], [502, 'templated AWS_LAMBDA_INVALID_RESPONSE']);
    });

    for (const [what, api, write, key] of [
      ['the function', 'raw', 'fail', 'AWS_LAMBDA_INVALID_RESPONSE'],
      ['the connection', 'raw', 'reset', 'AWS_LAMBDA_INVALID_RESPONSE'],
      ['an end without InvokeComplete', 'raw', 'end', 'AWS_LAMBDA_INVALID_RESPONSE'],
      ['silence', 'idle', 'silent', 'AWS_LAMBDA_INVALID_RESPONSE'],
      ['a body over maxBytes', 'small', 'more', 'LAMBDA_EXT_PROC_BODY_TOO_LARGE'],
    ] as const) {
      test(`in the middle is a cut, with its key in the access log: ${what}, ${protocol}`, async () => {
        const path = `/duplex/${api}?${protocol}-${write}`;
        const stream = environment.next(api);
        const opened = call(caller, path);
        const source = await stream;
        await source.chunk('begun');
        const answer = await opened;
        assert.equal(await answer.until(5), 'begun');
        if (write === 'fail') await source.fail();
        else if (write === 'reset') source.reset();
        else if (write === 'end') source.end();
        else if (write === 'more') await source.chunk('too much');
        assert.equal(await answer.ended, 'cut');
        assert.deepEqual([answer.status, answer.body().toString()], [200, 'begun']);
        const entry = await environment.envoy.accessLog((line) => line.path === path);
        assert.equal(entry.details, `lambda_ext_proc{${key}}`);
        assert.equal(entry.metadata?.errorKey, key);
        assert.equal(await environment.stub.closedTo(0), true);
      });
    }

    test(`to end within max_stream_duration is cut by Envoy, and stops the invocation: ${protocol}`, async () => {
      const stream = environment.next('raw');
      const opened = caller(other.url, `/limited?${protocol}`);
      const source = await stream;
      await source.chunk('begun');
      const answer = await opened;
      assert.equal(await answer.ended, 'cut');
      assert.equal(answer.body().toString(), 'begun');
      await source.closed;
      const entry = await other.accessLog(({ path }) => path === `/limited?${protocol}`);
      assert.equal(entry.details, 'max_duration_timeout');
    });

    test(`because the caller leaves stops the invocation within a second: ${protocol}`, async () => {
      const series = 'lambda_ext_proc_response_stream_cuts_total{reason="caller"}';
      for (const url of [environment.envoy.url, other.url]) {
        const before = await environment.sidecar.metric(series);
        const stream = environment.next('raw');
        const opened = caller(url, '/duplex/raw');
        const source = await stream;
        await source.chunk('begun');
        const answer = await opened;
        await answer.until(5);
        answer.leave();
        assert.equal(await environment.stub.closedTo(0), true);
        assert.equal(await environment.sidecar.metric(series), before + 1);
        assert.equal(await environment.sidecar.metric('lambda_ext_proc_response_streams'), 0);
      }
    });
  }

  test('because the caller leaves before the first byte stops the invocation too', async () => {
    for (const port of [environment.envoy.port, other.port]) {
      const stream = environment.next('raw');
      const socket = connect(port, '127.0.0.1');
      socket.write('GET /duplex/raw HTTP/1.1\r\nhost: h\r\n\r\n');
      await stream;
      socket.destroy();
      assert.equal(await environment.stub.closedTo(0), true);
    }
  });
});
