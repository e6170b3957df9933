// What the process takes when its limits are filled: each limit × each way to fill it, by 1,000 requests.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type Exchange, ExchangeClient, type Message } from '../support/exchange.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';

const MIB = 1024 * 1024;
const REQUESTS = Number(process.env.MEMORY_REQUESTS ?? 1_000);
const BUFFERED = 128 * MIB;
/** docs/reference/configuration.md says this multiple of `bufferedBytes`, beside what the process and its streams take. */
const MULTIPLE = 5;
/** For a stream. */
const STREAM_BYTES = 100 * 1024;

let lambda: Server;
let endpoint: string;
const waiting: ServerResponse[] = [];

/** `waits`: waits; `large`: 5 MiB at once, the length told; `unfolds`: the same in pieces; else the payload. */
before(async () => {
  const large = Buffer.alloc(5 * MIB, 'x');
  lambda = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (request.url?.includes('/waits')) waiting.push(response);
      else if (request.url?.includes('/large')) response.writeHead(200, { 'content-length': large.length }).end(large);
      else if (request.url?.includes('/unfolds')) {
        response.writeHead(200);
        for (let at = 0; at < large.length; at += MIB) response.write(large.subarray(at, at + MIB));
        response.end();
      } else response.end('{}');
    });
  });
  await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
});
after(() => {
  lambda.closeAllConnections();
  lambda.close();
});

type Send = (exchange: Exchange, index: number) => void;

interface Way {
  readonly steps: readonly object[];
  readonly send: Send;
  readonly metadata?: (index: number) => Readonly<Record<string, string>>;
}

const step = (name: string, more: object = {}) => ({
  configuration: { function: name, endpoint, accessKey: 'AKIDEXAMPLE', secretKey: 'secret', ...more },
});
const head = (
  end: boolean,
  headers: Readonly<Record<string, string>> = {},
  mode?: 'BUFFERED' | 'FULL_DUPLEX_STREAMED',
): Message => {
  const all = { ':method': 'POST', ':path': '/', ...headers };
  const fields = Object.entries(all).map(([key, value]) => ({ key, raw_value: Buffer.from(value) }));
  const message: Message = { request_headers: { headers: { headers: fields }, end_of_stream: end } };
  return mode === undefined ? message : { ...message, protocol_config: { request_body_mode: mode } };
};
const whole = (bytes: Buffer, headers?: Readonly<Record<string, string>>): Send => {
  const body: Message = { request_body: { body: bytes, end_of_stream: true } };
  return (exchange) => {
    exchange.send(head(false, headers, 'BUFFERED'));
    void exchange.until(1).then(() => exchange.send(body));
  };
};
const text = Buffer.alloc(6 * MIB, 'x');
const wide = Buffer.from('€'.repeat(2 * MIB));
const nested = Buffer.from(`[${'[],'.repeat(300_000)}0]`);

const ways: Readonly<Record<string, () => Way>> = {
  'plain bodies, as text and payload': () => ({
    steps: [step('waits', { payload: '{#request.content}' })],
    send: whole(text),
  }),
  'wide texts': () => ({ steps: [step('waits', { payload: 'x{#request.content}' })], send: whole(wide) }),
  'gzip twice over': () => ({
    steps: [step('waits', { payload: '{#request.content.length()}' })],
    send: whole(gzipSync(gzipSync(text)), { 'content-encoding': 'gzip, gzip' }),
  }),
  brotli: () => ({
    steps: [step('waits', { payload: '{#request.content.length()}' })],
    send: whole(brotliCompressSync(text), { 'content-encoding': 'br' }),
  }),
  zstd: () => ({
    steps: [step('waits', { payload: '{#request.content.length()}' })],
    send: whole(zstdCompressSync(text), { 'content-encoding': 'zstd' }),
  }),
  'pieces in full duplex': () => ({
    steps: [step('waits', { payload: '{#request.content}' })],
    send(exchange) {
      exchange.send(head(false, {}, 'FULL_DUPLEX_STREAMED'));
      for (let at = 0; at < text.length; at += 256 * 1024) {
        const piece = text.subarray(at, at + 256 * 1024);
        exchange.send({ request_body: { body: piece, end_of_stream: at + piece.length === text.length } });
      }
    },
  }),
  'parsed JSON': () => ({
    steps: [step('waits', { payload: "{#jsonPath(#request.content, '$[0]')}" })],
    send: whole(nested),
  }),
  'messages that wait': () => ({
    steps: [step('waits')],
    send(exchange) {
      exchange.send(head(false, {}, 'FULL_DUPLEX_STREAMED'));
      for (let i = 0; i < 20; i++) exchange.send({ request_body: { body: text.subarray(0, 64 * 1024) } });
    },
  }),
  results: () => ({ steps: [step('large'), step('waits')], send: (exchange) => exchange.send(head(true)) }),
  'results of unknown length': () => ({
    steps: [step('unfolds'), step('waits')],
    send: (exchange) => exchange.send(head(true)),
  }),
  variables: () => ({
    steps: [
      step('large', { variables: [{ name: 'v', value: '{#lambdaResponse.content.concat("€")}' }] }),
      step('waits'),
    ],
    send: (exchange) => exchange.send(head(true)),
  }),
  'new bodies': () => ({
    steps: [step('large', { mutations: { body: '{#lambdaResponse.content}' } }), step('waits')],
    send: (exchange) => exchange.send(head(true)),
  }),
  'answers that nobody reads': () => ({
    steps: [step('large', { sendToConsumer: true })],
    send(exchange) {
      exchange.call.pause();
      exchange.send(head(true));
    },
  }),
  'inline policies': () => ({
    steps: [],
    metadata: (index) => ({
      'x-lambda-policies': JSON.stringify({
        request: Array.from({ length: 60 }, (_, i) => ({
          name: `s${index}-${i}`,
          ...step('waits', { region: 'us-east-1' }),
        })),
      }),
    }),
    send: (exchange) => exchange.send(head(true)),
  }),
};

const rss = (sidecar: RunningSidecar, field: 'VmRSS' | 'VmHWM'): number => {
  const status = readFileSync(`/proc/${sidecar.pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1024;
};

async function settled(sidecar: RunningSidecar): Promise<number> {
  let before = -1;
  for (let i = 0; i < 120; i++) {
    const held = await sidecar.metric('lambda_ext_proc_buffered_bytes');
    let refused = 0;
    for (const limit of ['buffered_bytes', 'api_buffered_bytes']) {
      refused += await sidecar.metric(`lambda_ext_proc_limit_reached_total{limit="${limit}"}`);
    }
    const sum = held * 7 + refused + waiting.length;
    if (sum === before && i > 3) return held;
    before = sum;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return before;
}

describe(`${REQUESTS} requests that fill ${BUFFERED / MIB} MiB`, () => {
  for (const [name, make] of Object.entries(ways)) {
    for (const share of [1, 0.5]) {
      test(`${name}, a share of ${share}`, { timeout: 300_000 }, async (t) => {
        const way = make();
        const sidecar = await startSidecar({
          built: true,
          test: t,
          config: {
            version: 1,
            limits: { bufferedBytes: BUFFERED, shares: { default: share } },
            inline: { functions: ['*'], regions: ['*'], endpoints: [endpoint] },
            apis: { default: { request: way.steps }, other: { request: [step('quick')] } },
          },
        });
        const idle = rss(sidecar, 'VmRSS');
        const client = new ExchangeClient(sidecar.address);
        t.after(() => client.close());
        const exchanges = Array.from({ length: REQUESTS }, (_, index) => {
          const exchange = client.open(way.metadata?.(index) ?? { 'x-lambda-api': 'default' });
          way.send(exchange, index);
          return exchange;
        });
        const held = await settled(sidecar);
        const most = rss(sidecar, 'VmHWM');
        const multiple = (most - idle) / (BUFFERED * share);
        t.diagnostic(
          `${name}, share ${share}: ${(held / MIB).toFixed(0)} MiB counted, RSS ${(idle / MIB).toFixed(0)} → ${(most / MIB).toFixed(0)} MiB at most, ${multiple.toFixed(2)} × the limit; ${waiting.length} wait`,
        );
        // Each text of inline policies is an API of its own: a thousand of them have no share in common.
        if (share < 1 && way.metadata === undefined) {
          const other = client.open({ 'x-lambda-api': 'other' });
          assert.ok((await other.ask(head(true)))?.request_headers, 'another API is served');
          await other.cancel();
        }
        for (const exchange of exchanges) exchange.call.cancel();
        for (const response of waiting.splice(0)) response.destroy();
        for (let i = 0; i < 200 && (await sidecar.metric('lambda_ext_proc_buffered_bytes')) > 0; i++) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        assert.equal(await sidecar.metric('lambda_ext_proc_buffered_bytes'), 0, 'all is given back');
        assert.ok(most - idle < MULTIPLE * BUFFERED + REQUESTS * STREAM_BYTES, `${multiple} × the limit`);
      });
    }
  }
});
