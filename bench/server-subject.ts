import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { Pool } from 'undici';
import { allowRapidResets } from '../src/server/grpc-internals.ts';
import { signSimply } from './sign-simply.ts';

/**
 * What anyone would write first: a bare grpc-js handler, in a process of its own. `answer` says the same each time;
 * `floor` signs with node:crypto and posts over a pool of undici before. `SUBJECT ENDPOINT SOCKET`.
 */
const [subject = '', endpoint = '', socket = ''] = process.argv.slice(2);
const payload = Buffer.from('{"a":1}');
const path = '/2015-03-31/functions/f/invocations';
const pool = new Pool(endpoint, { connections: 64 });
const { host } = new URL(endpoint);

async function invoke(): Promise<Buffer> {
  if (subject !== 'floor') return payload;
  const headers = signSimply(host, path, payload);
  const { body } = await pool.request({ path, method: 'POST', headers, body: payload });
  return Buffer.from(await body.arrayBuffer());
}

const service = 'envoy.service.ext_proc.v3.ExternalProcessor';
const definition = loadSync('envoy/service/ext_proc/v3/external_processor.proto', {
  keepCase: true,
  longs: String,
  enums: String,
  oneofs: true,
  includeDirs: [new URL('../proto/', import.meta.url).pathname],
})[service];
if (definition === undefined || 'format' in definition) throw new Error('no such service');
const server = new Server();
allowRapidResets(server);
server.addService(definition, {
  Process(call: ServerDuplexStream<object, object>) {
    call.on('data', async () => {
      const body = await invoke();
      const contentType = { header: { key: 'content-type', raw_value: Buffer.from('application/json') } };
      call.write({ immediate_response: { status: { code: 200 }, headers: { set_headers: [contentType] }, body } });
    });
    call.on('end', () => call.end());
    call.on('error', () => {});
  },
});
server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), () => process.stdout.write('ready\n'));
