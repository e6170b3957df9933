// A policy that makes a 204 or 304 of a backend's answer: its body must not be written, or the caller takes it for the
// beginning of the next answer on the connection.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import type { BackendAnswer } from '../support/backend.ts';
import { type EchoLambda, startEchoLambda } from '../support/echo-lambda.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';

const reads = { payload: '{#response.content}' };
const dryRun = { invocationType: 'DryRun', sendToConsumer: true };
const configurations: Readonly<Record<string, object>> = {
  'status-204': { mutations: { status: 204 } },
  'status-304': { mutations: { status: 304 } },
  'status-and-body': { mutations: { status: 204, body: 'own' } },
  'dry-run': dryRun,
  'reads-204': { ...reads, mutations: { status: 204 } },
  'reads-304': { ...reads, mutations: { status: 304 } },
  'reads-status-and-body': { ...reads, mutations: { status: 204, body: 'own' } },
  'reads-dry-run': { ...reads, ...dryRun },
};
const answers: Readonly<Record<string, () => BackendAnswer>> = {
  plain: () => ({ body: 'hello' }),
  compressed: () => ({ body: deflateSync('hello'), headers: { 'content-encoding': 'deflate' } }),
  'in pieces': () => ({
    body: (async function* () {
      for (let i = 0; i < 5; i++) yield 'q'.repeat(9000);
    })(),
  }),
  'with trailers': () => ({ body: 'hello', trailers: { 'x-trailer': 't' } }),
};
const pieces = {
  request_header_mode: 'SEND',
  response_header_mode: 'SEND',
  response_body_mode: 'FULL_DUPLEX_STREAMED',
  response_trailer_mode: 'SEND',
} as const;

let lambda: EchoLambda;
let environment: Environment;

before(async () => {
  lambda = await startEchoLambda();
  const keys = { region: 'us-east-1', accessKey: 'AKIDEXAMPLE', secretKey: 'secret', endpoint: lambda.endpoint };
  const apis = Object.entries(configurations).map(([name, each]) => [
    name,
    { response: [{ configuration: { ...keys, function: 'echo', ...each } }] },
  ]);
  environment = await startEnvironment({
    policies: { version: 1, apis: Object.fromEntries(apis) },
    envoy: {
      connectionManager: { http_protocol_options: { enable_trailers: true } },
      backendHttp1: { enable_trailers: true },
      routes: [
        ...Object.keys(configurations).flatMap((api) => [
          {
            prefix: `/pieces/${api}`,
            name: `pieces-${api}`,
            metadata: { 'x-lambda-api': api, 'x-lambda-envoy': '{"responseHeaders": true}' },
            processingMode: pieces,
          },
          { prefix: `/whole/${api}`, name: `whole-${api}`, metadata: { 'x-lambda-api': api } },
        ]),
        { prefix: '/next', name: 'next', directResponse: { status: 200, body: 'next' } },
      ],
    },
  });
});
after(async () => {
  await environment?.stop();
  lambda?.stop();
});

for (const [kind, answer] of Object.entries(answers)) {
  test(`an answer ${kind} becomes one without a body, and the connection stays in order`, async () => {
    for (const api of Object.keys(configurations)) {
      for (const mode of ['whole', 'pieces']) {
        environment.backend.answerWith(answer());
        const text = await twoAnswers(`/${mode}/${api}`);
        const [head = '', ...rest] = text.split('\r\n\r\n');
        assert.match(head, /^HTTP\/1\.1 (204|304) /, `${mode} ${api}`);
        assert.doesNotMatch(head, /^(content-|transfer-encoding)/m, `${mode} ${api}`);
        assert.match(rest.join('\r\n\r\n'), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nnext$/, `${mode} ${api}`);
      }
    }
  });
}

/** The bytes that answer a request of this path and the next one on the same connection. */
function twoAnswers(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(environment.envoy.port, '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nhost: h\r\n\r\nGET /next HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n`);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      // Envoy itself lingers for a second.
      if (text.endsWith('\r\n\r\nnext')) socket.end();
    });
    socket.on('error', reject);
    socket.on('end', () => resolve(text));
  });
}
