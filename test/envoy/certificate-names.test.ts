// Names of callers' certificates as a real Envoy writes them, and as expressions read them.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type Certificate, createCertificate, type NameAttribute } from '../support/certificate.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';

const expressions = [
  '#request.ssl.client.defined',
  '#request.ssl.client.dn',
  '#request.ssl.client.cn',
  '#request.ssl.client.o',
  "#request.ssl.client.attributes['OU']",
  '#request.ssl.client.e',
  '#request.ssl.client.uid',
  '#request.ssl.client.serialnumber',
  "#request.ssl.client.attributes['1.2.3.4']?.[0]",
  '#request.ssl.client.surname',
  '#request.ssl.server.cn',
];

const authority = createCertificate({ commonName: 'authority', authority: true });
const server = createCertificate({ commonName: 'localhost', names: ['127.0.0.1'], issuer: authority });
let lambda: Server;
let payload = '';
let environment: Environment;

before(async () => {
  lambda = createServer(async (call, response) => {
    payload = Buffer.concat(await call.toArray()).toString();
    response.end('{}');
  });
  await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
  const configuration = {
    function: 'f',
    endpoint: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
    accessKey: 'AKIDEXAMPLE',
    secretKey: 'secret',
    payload: expressions.map((expression) => `{${expression}}`).join('\n'),
  };
  environment = await startEnvironment({
    policies: { version: 1, apis: { names: { request: [{ configuration }] } } },
    apis: ['names'],
    envoy: {
      requestAttributes: ['connection.subject_peer_certificate', 'connection.subject_local_certificate'],
      callerSocket: {
        name: 'envoy.transport_sockets.tls',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
          common_tls_context: {
            tls_certificates: [
              { certificate_chain: { inline_string: server.cert }, private_key: { inline_string: server.key } },
            ],
            validation_context: { trusted_ca: { inline_string: authority.cert } },
          },
        },
      },
    },
  });
});
after(async () => {
  await environment.stop();
  lambda.closeAllConnections();
  lambda.close();
});

/** What the expressions give for a caller with a certificate of this subject, or with none. */
async function read(subject?: readonly (readonly NameAttribute[])[]): Promise<readonly string[]> {
  const client: Partial<Certificate> =
    subject === undefined ? {} : createCertificate({ commonName: '', subject, issuer: authority });
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const { port } = environment.envoy;
    const tls = { cert: client.cert, key: client.key, ca: authority.cert, agent: false as const };
    request({ host: '127.0.0.1', port, path: '/names', ...tls }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
  assert.equal(status, 200);
  return payload.split('\n');
}

const PRINTABLE = 0x13;
const IA5 = 0x16;

test('letters beyond ASCII, signs, numbers and e-mail addresses are those of the certificate', async () => {
  const names = await read([
    [{ type: '2.5.4.6', value: 'FR', tag: PRINTABLE }],
    [{ type: '2.5.4.10', value: 'ACME, "Söhne" + Inc.' }],
    [{ type: '2.5.4.11', value: 'one' }],
    [{ type: '2.5.4.11', value: ' two ' }],
    [{ type: '2.5.4.3', value: 'Zoé ñ' }],
    [{ type: '2.5.4.4', value: 'Ünal' }],
    [{ type: '2.5.4.5', value: '0042', tag: PRINTABLE }],
    [{ type: '1.2.840.113549.1.9.1', value: 'zoe@example.com', tag: IA5 }],
    [{ type: '1.2.3.4', value: 'x y' }],
  ]);
  assert.deepEqual(names, [
    'true',
    '1.2.3.4=#0c03782079,1.2.840.113549.1.9.1=#160f7a6f65406578616d706c652e636f6d,2.5.4.5=#130430303432,' +
      '2.5.4.4=#0c05c39c6e616c,CN=Zoé ñ,OU=\\ two\\ ,OU=one,O=ACME\\, \\"Söhne\\" \\+ Inc.,C=FR',
    'Zoé ñ',
    'ACME\\, \\"Söhne\\" \\+ Inc.',
    '\\ two\\ ,one',
    'zoe@example.com',
    '',
    '0042',
    'x y',
    'Ünal',
    'localhost',
  ]);
});

test('attributes in one part show the first of them', async () => {
  const both = [
    { type: '2.5.4.3', value: 'a' },
    { type: '0.9.2342.19200300.100.1.1', value: 'u1' },
  ];
  const names = await read([[{ type: '2.5.4.10', value: 'O' }], both]);
  assert.equal(names[2], 'a');
  // As the gateway: the part is shown by its first attribute, whichever is asked for.
  assert.equal(names[6], 'a');
});

test('a caller without a certificate has no names', async () => {
  const names = await read();
  assert.equal(names[0], 'false');
  assert.deepEqual(names.slice(1, 4), ['', '', '']);
  assert.equal(names.at(-1), 'localhost');
});
