import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSync } from '@grpc/proto-loader';

const root = join(import.meta.dirname, '../../..');
const protos = join(root, 'proto');
const entry = 'envoy/service/ext_proc/v3/external_processor.proto';
const options = { keepCase: true, longs: String, enums: String, oneofs: true, defaults: false };

test('the protos load with no files but their own and those of the loader', () => {
  const service = loadSync(entry, { ...options, includeDirs: [protos] })['envoy.service.ext_proc.v3.ExternalProcessor'];
  assert.ok(service && 'Process' in service);
  assert.equal(service.Process.path, '/envoy.service.ext_proc.v3.ExternalProcessor/Process');
  assert.equal(service.Process.requestStream && service.Process.responseStream, true);
});

test('the protos are new enough for a streamed immediate response', () => {
  const definition = loadSync(entry, { ...options, includeDirs: [protos] });
  const service = definition['envoy.service.ext_proc.v3.ExternalProcessor'];
  assert.ok(service && 'Process' in service);
  const message = {
    response: 'streamed_immediate_response',
    streamed_immediate_response: {
      response: 'body_response',
      body_response: { body: Buffer.from('chunk'), end_of_stream: true },
    },
  };
  const bytes = service.Process.responseSerialize(message);
  assert.deepEqual({ ...service.Process.responseDeserialize(bytes) }, message);
});

test('every vendored file is one that the service needs', () => {
  const files = readdirSync(protos, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.proto'));
  assert.equal(files.length, 18);
});

test('the checked in types are what the protos give', () => {
  const run = spawnSync(process.execPath, ['scripts/generate.mjs', '--check'], { cwd: root, encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
});
