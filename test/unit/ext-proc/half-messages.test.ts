// Messages of which a part has come: what is held for them, and what the callers get for whom there is no room.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { type TestContext, test } from 'node:test';
import { MessageDecoder } from '../../../src/ext-proc/message-decoder.ts';
import { loadServiceDefinition } from '../../../src/ext-proc/wire/index.ts';
import { type Message, type Reply, requestHeaders } from '../../support/exchange.ts';
import { type RunningProcessor, startProcessor } from '../../support/processor.ts';
import { frame, openSession, openStream } from '../../support/raw-streams.ts';
import { scriptedInvoker } from '../../support/scripted-invoker.ts';

const KIB = 1024;
const policies = `
version: 1
envoy: {allowModeOverride: true, responseHeaders: true}
limits: {bodyBytes: ${400 * KIB}, bufferedBytes: ${1000 * KIB}, shares: {default: 0.5, body: 1}}
apis:
  body: {request: [{configuration: {function: echo, payload: "{#request.content.length()}"}}]}
  half: {request: [{configuration: {function: echo, payload: "{#request.content.length()}"}}]}
  hangs: {request: [{configuration: {function: hangs}}]}
`;

const { Process } = loadServiceDefinition();
if (Process === undefined) throw new Error('no method Process');
const method = Process;
const bytesOf = (message: Message): Buffer => method.requestSerialize(message);
const bodyMessage = (bytes: number, end = true): Buffer =>
  bytesOf({ request_body: { body: Buffer.alloc(bytes, 'x'), end_of_stream: end } });

/** One stream, byte by byte. */
class Sender {
  readonly stream: ClientHttp2Stream;
  readonly replies: Reply[] = [];

  constructor(session: ClientHttp2Session, api: string) {
    this.stream = openStream(session, { 'x-lambda-api': api });
    const decoder = new MessageDecoder(-1, () => true);
    this.stream.on('data', (data: Buffer) => {
      for (const whole of decoder.write(data))
        this.replies.push(method.responseDeserialize(whole.subarray(5)) as Reply);
      this.stream.emit('replied');
    });
  }

  async reply(index: number): Promise<Reply | undefined> {
    while (this.replies.length <= index && !this.stream.destroyed) {
      await Promise.race([once(this.stream, 'replied'), once(this.stream, 'close')]);
    }
    return this.replies[index];
  }

  async sendHeaders(): Promise<void> {
    this.stream.write(frame(bytesOf(requestHeaders(false))));
    assert.ok((await this.reply(0))?.request_headers);
  }
}

interface Scene {
  readonly processor: RunningProcessor;
  open(api: string): Sender;
}

async function start(t: TestContext): Promise<Scene> {
  const processor = await startProcessor({ policies, invoker: scriptedInvoker() });
  const session = await openSession(processor.address);
  t.after(async () => {
    session.destroy();
    await processor.stop();
  });
  return { processor, open: (api) => new Sender(session, api) };
}

async function until(fits: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !fits(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(fits());
}

function isOverloaded(reply: Reply | undefined): void {
  const answer = reply?.immediate_response;
  assert.equal(answer?.status?.code, 'ServiceUnavailable');
  assert.equal(answer?.details, 'lambda_ext_proc{LAMBDA_EXT_PROC_OVERLOADED}');
  assert.ok(answer?.headers?.set_headers?.some(({ header }) => header?.key === 'retry-after'));
}

test('20 half-sent bodies: as many as there is room for, in half of the limit, are collected, the others are a 503', async (t) => {
  const { processor, open } = await start(t);
  const whole = frame(bodyMessage(100 * KIB));
  const half = whole.subarray(0, 70 * KIB);
  const senders = Array.from({ length: 20 }, () => open('body'));
  await Promise.all(senders.map((sender) => sender.sendHeaders()));
  assert.equal(processor.capacity.bufferedBytes, 0);
  for (const { stream } of senders) stream.write(half);
  await until(() => senders.filter(({ replies }) => replies.length === 2).length === 16);
  // An answer is counted until its stream has ended.
  const answers = senders.reduce((sum, { replies }) => sum + (replies[1]?.immediate_response?.body?.length ?? 0), 0);
  assert.equal(processor.capacity.bufferedBytes, 4 * (whole.length - 5) + answers);

  const refused = senders.filter(({ replies }) => replies.length === 2);
  for (const { replies } of refused) isOverloaded(replies[1]);
  // What still comes of them is read and dropped.
  for (const { stream } of refused) stream.write(whole.subarray(half.length));
  await Promise.all(refused.map(({ stream }) => new Promise((resolve) => stream.end(resolve))));
  await until(() => processor.capacity.streams === 4);

  const [served, ...aborted] = senders.filter((sender) => !refused.includes(sender));
  served?.stream.write(whole.subarray(half.length));
  assert.ok((await served?.reply(1))?.request_body, 'served as if the others had not been');
  served?.stream.end();
  for (const { stream } of aborted) stream.close(8);
  await until(() => processor.capacity.streams === 0);
  assert.deepEqual([processor.capacity.bufferedBytes, processor.capacity.apis.size], [0, 0]);
});

test('the share of an API bounds its half-sent bodies; another API has room', async (t) => {
  const { processor, open } = await start(t);
  const half = frame(Buffer.alloc(0), 200 * KIB);
  const [first, second, other] = [open('half'), open('half'), open('body')];
  for (const sender of [first, second, other]) await sender.sendHeaders();
  first.stream.write(half);
  await until(() => processor.capacity.bufferedBytes === 200 * KIB);
  second.stream.write(half);
  isOverloaded(await second.reply(1));
  other.stream.write(frame(bodyMessage(200 * KIB)));
  assert.ok((await other.reply(1))?.request_body);
  // Half-closed in the middle of a message.
  for (const { stream } of [first, second, other]) stream.end();
  await until(() => processor.capacity.streams === 0);
  assert.deepEqual([processor.capacity.bufferedBytes, processor.capacity.apis.size], [0, 0]);
});

test('a body is charged once: there is room for two of 400 KiB, and it takes its text too', async (t) => {
  const { processor, open } = await start(t);
  const sender = open('body');
  await sender.sendHeaders();
  sender.stream.write(frame(bodyMessage(400 * KIB)));
  assert.ok((await sender.reply(1))?.request_body);
  const { bufferedBytes } = processor.capacity;
  assert.ok(bufferedBytes >= 800 * KIB && bufferedBytes < 801 * KIB, `${bufferedBytes} bytes`);
  sender.stream.end();
  await until(() => processor.capacity.bufferedBytes === 0 && processor.capacity.streams === 0);
});

test('small pieces that come while a function runs are counted, and no reason to cut it', async (t) => {
  const { processor, open } = await start(t);
  const filler = open('body');
  await filler.sendHeaders();
  filler.stream.write(frame(Buffer.alloc(0), 990 * KIB));
  await until(() => processor.capacity.bufferedBytes === 990 * KIB);
  const busy = open('hangs');
  busy.stream.write(
    frame(bytesOf({ ...requestHeaders(false), protocol_config: { request_body_mode: 'FULL_DUPLEX_STREAMED' } })),
  );
  await until(() => processor.capacity.apis.get('hangs')?.streams === 1);
  busy.stream.write(frame(bodyMessage(60 * KIB, false)));
  await until(() => processor.capacity.apis.get('hangs')?.bytes === 60 * KIB);
  assert.deepEqual(busy.replies, []);
  for (const { stream } of [filler, busy]) stream.close(8);
  await until(() => processor.capacity.bufferedBytes === 0 && processor.capacity.streams === 0);
});

test('a message refused behind headers that have not been looked at is answered as their API says', async (t) => {
  const { processor, open } = await start(t);
  const sender = open('half');
  sender.stream.write(
    Buffer.concat([
      frame(bytesOf({ ...requestHeaders(false), protocol_config: { request_body_mode: 'FULL_DUPLEX_STREAMED' } })),
      frame(Buffer.alloc(0), 1100 * KIB),
    ]),
  );
  isOverloaded(await sender.reply(0));
  assert.match(JSON.stringify(processor.log), /"api":"half"/);
  sender.stream.close(8);
  await until(() => processor.capacity.bufferedBytes === 0 && processor.capacity.streams === 0);
});
