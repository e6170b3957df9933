// Streams that are reset with NO_ERROR, as by Envoy 1.36, while the sidecar does not read from them or cannot write to them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { loadServiceDefinition } from '../../../src/ext-proc/wire/index.ts';
import { type Message, requestHeaders } from '../../support/exchange.ts';
import { startProcessor } from '../../support/processor.ts';
import { frame, openSession, openStream } from '../../support/raw-streams.ts';
import { scriptedInvoker } from '../../support/scripted-invoker.ts';

const policies = `
version: 1
envoy: {allowModeOverride: true, responseHeaders: true}
apis:
  idle: {}
  hangs: {request: [{configuration: {function: hangs}}]}
`;
const headers: Message = {
  ...requestHeaders(false),
  protocol_config: { request_body_mode: 'FULL_DUPLEX_STREAMED' },
};
const bytesOf = (message: Message): Buffer =>
  frame(loadServiceDefinition().Process?.requestSerialize(message) as Buffer);
const body = (bytes: number): Buffer =>
  bytesOf({ request_body: { body: Buffer.alloc(bytes, 'x'), end_of_stream: false } });

async function start(t: TestContext, initialWindowSize = 65_535) {
  const invoker = scriptedInvoker();
  const processor = await startProcessor({ policies, invoker });
  const session = await openSession(processor.address, { settings: { initialWindowSize } });
  t.after(async () => {
    session.destroy();
    await processor.stop();
  });
  return { invoker, processor, session };
}

async function until(fits: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !fits(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(fits());
}

test('a stream that is reset while its queue is full ends its invocation', async (t) => {
  const { invoker, processor, session } = await start(t);
  const stream = openStream(session, { 'x-lambda-api': 'hangs' });
  stream.write(bytesOf(headers));
  await until(() => invoker.running === 1);
  for (let i = 0; i < 100; i++) stream.write(body(16 * 1024));
  await until(() => processor.capacity.bufferedBytes > 1024 * 1024);
  // What the window allows has come, and is not read.
  for (let i = 0; i < 3; i++) await new Promise((resolve) => session.ping(resolve));
  stream.close(0);
  await until(() => invoker.running === 0);
  await until(() => processor.capacity.streams === 0 && processor.capacity.bufferedBytes === 0);
});

test('a stream that is reset while its replies cannot be sent ends', async (t) => {
  const { processor, session } = await start(t, 0);
  const stream = openStream(session, { 'x-lambda-api': 'idle' });
  stream.write(bytesOf(headers));
  await once(stream, 'response');
  for (let i = 0; i < 20; i++) stream.write(body(5_000));
  await until(() => processor.capacity.bufferedBytes === 15 * 5_000);
  stream.close(0);
  await until(() => processor.capacity.streams === 0 && processor.capacity.bufferedBytes === 0);
});
