import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { InvocationResult, LambdaInvoker } from '../../../src/lambda/index.ts';
import { ExchangeClient, type Message, requestHeaders } from '../../support/exchange.ts';
import { invokerOf } from '../../support/invoker-of.ts';
import { type RunningProcessor, startProcessor } from '../../support/processor.ts';
import { PushedStream } from '../../support/pushed-stream.ts';
import { scriptedInvoker } from '../../support/scripted-invoker.ts';

const policiesWith = (bufferedBytes: number) => `
version: 1
envoy: {allowModeOverride: true, responseHeaders: true}
limits: {bodyBytes: 2000, bufferedBytes: ${bufferedBytes}, shares: {default: 1}}
apis:
  body: {request: [{configuration: {function: echo, payload: "{#request.content}"}}]}
  hangs: {request: [{configuration: {function: hangs}}]}
  streams: {request: [{configuration: {function: f, payload: "{#request.content}", sendToConsumer: true, streaming: true}}]}
  late: {request: [{configuration: {function: late}}]}
  sends: {request: [{configuration: {function: echo, payload: "${'x'.repeat(1500)}", sendToConsumer: true}}]}
`;

async function start(
  t: TestContext,
  invoker: LambdaInvoker = scriptedInvoker(),
  bufferedBytes = 1_000,
): Promise<{ processor: RunningProcessor; client: ExchangeClient }> {
  const processor = await startProcessor({ policies: policiesWith(bufferedBytes), invoker });
  const client = new ExchangeClient(processor.address);
  t.after(async () => {
    client.close();
    await processor.stop();
  });
  return { processor, client };
}

const body = (text: string, end = true): Message => ({ request_body: { body: Buffer.from(text), end_of_stream: end } });
const full = { protocol_config: { request_body_mode: 'FULL_DUPLEX_STREAMED' as const } };

async function until(fits: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !fits(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(fits());
}

test('what waits its turn while policies run is counted, and new work is refused for it', async (t) => {
  const { processor, client } = await start(t);
  const busy = client.open({ 'x-lambda-api': 'hangs' });
  busy.send({ ...requestHeaders(false), ...full });
  busy.send(body('x'.repeat(600), false));
  busy.send(body('x'.repeat(500), false));
  await until(() => processor.capacity.bufferedBytes === 1_100);
  const refused = client.open({ 'x-lambda-api': 'late' });
  const reply = (await refused.ask(requestHeaders(true)))?.immediate_response;
  assert.equal(reply?.status?.code, 'ServiceUnavailable');
  assert.equal(reply?.details, 'lambda_ext_proc{LAMBDA_EXT_PROC_OVERLOADED}');
  await refused.end();
  await busy.cancel();
  await until(() => processor.capacity.bufferedBytes === 0);
  const served = client.open({ 'x-lambda-api': 'late' });
  assert.ok((await served.ask(requestHeaders(true)))?.request_headers);
  await served.end();
});

test('an answer is counted until its stream has ended', async (t) => {
  const { processor, client } = await start(t, scriptedInvoker(), 10_000);
  const exchange = client.open({ 'x-lambda-api': 'sends' });
  assert.equal((await exchange.ask(requestHeaders(true)))?.immediate_response?.status?.code, 'OK');
  assert.equal(processor.capacity.bufferedBytes, 1_500);
  await exchange.end();
  await until(() => processor.capacity.bufferedBytes === 0);
});

test('an event of observability mode counts as a stream until it is done, though Envoy has gone', async (t) => {
  const done = Promise.withResolvers<InvocationResult>();
  const { processor, client } = await start(
    t,
    invokerOf(() => done.promise),
  );
  const exchange = client.open({ 'x-lambda-api': 'late' });
  exchange.send({ ...requestHeaders(true), observability_mode: true });
  await exchange.end();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(processor.capacity.streams, 1);
  done.resolve({ status: 202, payload: Buffer.alloc(0), attempts: 1, requestId: 'r' });
  await until(() => processor.capacity.streams === 0);
});

test('while an answer is streamed the request’s body is not held, and its payload is until the stream has ended', async (t) => {
  const stream = new PushedStream();
  const invoker: LambdaInvoker = { ...scriptedInvoker(), invokeStreaming: async () => stream.result };
  const { processor, client } = await start(t, invoker, 10_000);
  const call = client.open({ 'x-lambda-api': 'streams' });
  call.send({ ...requestHeaders(false), ...full });
  stream.push('one');
  assert.ok((await call.ask(body('x'.repeat(900))))?.streamed_immediate_response);
  await until(() => processor.capacity.bufferedBytes === 900);
  stream.end();
  await until(() => processor.capacity.bufferedBytes === 0);
  await call.end();
});
