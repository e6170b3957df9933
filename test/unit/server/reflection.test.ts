import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Client, credentials, status } from '@grpc/grpc-js';
import { createLogger } from '../../../src/observability/index.ts';
import { addReflection, createServer, parseListenAddress } from '../../../src/server/index.ts';

for (const version of ['v1', 'v1alpha']) {
  test(`reflection ${version} lists the services when it is first asked for`, async (t) => {
    const server = await createServer({
      services: [],
      listeners: [parseListenAddress('127.0.0.1:0')],
      maxBodyBytes: 1024,
      maxConcurrentStreams: 100,
      logger: createLogger({ level: 'silent' }),
    });
    t.after(() => server.close());
    addReflection(server.grpc);
    const client = new Client(server.addresses[0] ?? '', credentials.createInsecure());
    t.after(() => client.close());
    const bytes = (value: Buffer): Buffer => value;
    const stream = client.makeBidiStreamRequest(
      `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      bytes,
      bytes,
    );
    stream.on('error', () => {});
    // Field 7, list_services: "*".
    stream.write(Buffer.from([0x3a, 1, 0x2a]));
    const [answer] = (await once(stream, 'data')) as [Buffer];
    // A second question on the same stream, and one on another, when all is loaded.
    stream.write(Buffer.from([0x3a, 1, 0x2a]));
    assert.deepEqual(await once(stream, 'data'), [answer]);
    stream.resume();
    stream.end();
    await once(stream, 'end');

    const garbage = client.makeBidiStreamRequest(
      `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      bytes,
      bytes,
    );
    garbage.on('data', () => {});
    garbage.write(Buffer.alloc(11, 0xff));
    const [error] = (await once(garbage, 'error')) as [{ code: number }];
    assert.equal(error.code, status.INVALID_ARGUMENT);
    assert.match(answer.toString('latin1'), /envoy\.service\.ext_proc\.v3\.ExternalProcessor/);
    assert.match(answer.toString('latin1'), /grpc\.health\.v1\.Health/);
  });
}
