// The ext_proc servers of the benchmark that run on Node, each in a process of its own: `NAME BEHAVIOUR ENDPOINT SOCKET`.
// Prints `ready` when it listens.
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { loosenHttp2 } from '../../src/server/grpc-internals.ts';
import type { Invoke } from './invokers.ts';

const [name = '', behaviour = '', endpoint = '', socket = ''] = process.argv.slice(2);

const service = 'envoy.service.ext_proc.v3.ExternalProcessor';
const definition = loadSync('envoy/service/ext_proc/v3/external_processor.proto', {
  // The fastest options of proto-loader: no conversion, no defaults for absent fields.
  keepCase: true,
  longs: Number,
  enums: Number,
  defaults: false,
  oneofs: false,
  includeDirs: [new URL('../../proto/', import.meta.url).pathname],
})[service];
if (definition === undefined || 'format' in definition) throw new Error('no such service');

interface Request {
  readonly request_body?: { readonly body: Buffer };
}

type Call = ServerDuplexStream<Request, object>;

const payload = Buffer.from('{"a":1}');
const setHeaders = [{ header: { key: 'content-type', raw_value: Buffer.from('application/json') } }];
const headers = { set_headers: setHeaders };
const status = { code: 200 };
const goOn = { request_headers: {} };
// SEND, SKIP and BUFFERED.
const wantBody = {
  request_headers: {},
  mode_override: { request_header_mode: 1, response_header_mode: 2, request_body_mode: 2 },
};

const invoke = await invoker();

/** Each server loads only the modules that it needs, so that its memory is its own. */
async function invoker(): Promise<Invoke> {
  const { bareInvoker, sdkInvoker } = await import('./invokers.ts');
  return name === 'sdk' ? await sdkInvoker(endpoint) : await bareInvoker(endpoint);
}

function answer(call: Call, bytes: Buffer): void {
  invoke(bytes, (error, body) => {
    if (error !== undefined) call.destroy(error);
    else call.write({ immediate_response: { status, headers, body } });
  });
}

const receive: Record<string, (call: Call) => (request: Request) => void> = {
  answer: (call) => () => answer(call, payload),
  'pass-through': (call) => () => void call.write(goOn),
  body: (call) => (request) => {
    if (request.request_body === undefined) call.write(wantBody);
    else answer(call, request.request_body.body);
  },
};
const behave = receive[behaviour];
if (behave === undefined) throw new Error(`no behaviour ${behaviour}`);

// Bodies of a megabyte and more arrive in one message.
const server = new Server({ 'grpc.max_receive_message_length': 16 * 2 ** 20 });
loosenHttp2(server);
server.addService(definition, {
  Process(call: Call) {
    call.on('data', behave(call));
    call.on('end', () => call.end());
    call.on('error', () => undefined);
  },
});
server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
  process.stdout.write('ready\n');
});
