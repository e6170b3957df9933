// Messages that are not protobuf, over a connection that other streams use too.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { loadServiceDefinition } from '../../../../src/ext-proc/wire/index.ts';
import { requestHeaders } from '../../../support/exchange.ts';
import { startProcessor } from '../../../support/processor.ts';
import { ended, frame, openSession, openStream } from '../../../support/raw-streams.ts';
import { scriptedInvoker } from '../../../support/scripted-invoker.ts';

const MALFORMED: Readonly<Record<string, readonly number[]>> = {
  'a length beyond the end of the message': [0x12, 0x7f],
  'a length of 4 GiB': [0x12, 0xff, 0xff, 0xff, 0xff, 0x0f],
  'a number without an end': [0x50, 0xff, 0xff],
  'a number of 11 bytes': [0x50, ...Array.from({ length: 10 }, () => 0xff), 0x01],
  'a known field with another encoding': [0x10, 0x01],
  'a field with the number 0': [0x00, 0x00],
  'the end of a group that has not begun': [0xfc, 0x07],
  'a group without an end': [0xfb, 0x07, 0x08, 0x01],
  'headers that end in the middle of a name': [0x12, 0x06, 0x0a, 0x04, 0x0a, 0x02, 0x0a, 0x05],
};

test('a message that is not protobuf ends its own stream with INTERNAL, and no other one', async (t) => {
  const processor = await startProcessor({ policies: 'version: 1\napis: {a: {}}\n', invoker: scriptedInvoker() });
  const session = await openSession(processor.address);
  t.after(async () => {
    session.destroy();
    await processor.stop();
  });
  const good = openStream(session, { 'x-lambda-api': 'a' });
  for (const [name, bytes] of Object.entries(MALFORMED)) {
    const stream = openStream(session, { 'x-lambda-api': 'a' });
    stream.write(frame(Buffer.from(bytes)));
    assert.equal(await ended(stream), String(status.INTERNAL), name);
  }
  const serialize = loadServiceDefinition().Process?.requestSerialize;
  const answered = once(good, 'data');
  good.write(frame(serialize?.(requestHeaders(true)) ?? Buffer.alloc(0)));
  await answered;
  good.end();
  for (let i = 0; i < 500 && processor.capacity.streams > 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual([processor.capacity.streams, processor.capacity.bufferedBytes], [0, 0]);
});
