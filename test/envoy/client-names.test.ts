// --tls-client-name with a real Envoy as the client: only the one whose certificate has the name is served.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../../scripts/support/temporary-directory.ts';
import { startBackend } from '../support/backend.ts';
import { type Certificate, createCertificate } from '../support/certificate.ts';
import { envoyConfig, startEnvoy } from '../support/envoy.ts';
import { startSidecar } from '../support/sidecar.ts';

const authority = createCertificate({ commonName: 'authority', authority: true });
const issue = (commonName: string, ...names: string[]): Certificate =>
  createCertificate({ commonName, names, issuer: authority });

function transportSocket(client: Certificate) {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
      common_tls_context: {
        tls_certificates: [
          { certificate_chain: { inline_string: client.cert }, private_key: { inline_string: client.key } },
        ],
        validation_context: { trusted_ca: { inline_string: authority.cert } },
      },
    },
  };
}

test('an Envoy whose certificate has the URI is served, one whose certificate only has the CA gets a 500', async (t) => {
  const directory = temporaryDirectory('client-names-');
  t.after(() => directory.remove());
  const server = issue('server', '127.0.0.1');
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory.path, name), text);
    return join(directory.path, name);
  };
  const tls = ['--tls-cert', file('tls.crt', server.cert), '--tls-key', file('tls.key', server.key)];
  const names = [
    '--tls-client-ca',
    file('ca.crt', authority.cert),
    '--tls-client-name',
    'spiffe://edge.example/ns/*/sa/envoy',
  ];
  const sidecar = await startSidecar({
    test: t,
    listen: ['127.0.0.1:0'],
    args: [...tls, ...names],
    config: { version: 1, apis: { orders: {} } },
  });
  const backend = await startBackend();
  t.after(() => backend.stop());
  const status = async (client: Certificate): Promise<number> => {
    const envoy = await startEnvoy({
      test: t,
      config: envoyConfig({
        sidecar: sidecar.address,
        backend: backend.address,
        routes: [{ metadata: { 'x-lambda-api': 'orders' } }],
        sidecarCluster: { transport_socket: transportSocket(client) },
      }),
    });
    return (await fetch(`${envoy.url}/`)).status;
  };
  assert.equal(await status(issue('envoy', 'spiffe://edge.example/ns/gateway/sa/envoy')), 200);
  assert.equal(backend.calls, 1);
  assert.equal(
    await status(issue('spiffe://edge.example/ns/gateway/sa/envoy', 'spiffe://edge.example/ns/office/sa/printer')),
    500,
  );
  assert.equal(backend.calls, 1);
  assert.ok((await sidecar.metric('lambda_ext_proc_refused_connections_total{reason="client_name"}')) >= 1);
});
