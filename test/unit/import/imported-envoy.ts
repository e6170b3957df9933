import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import { type ImportOptions, importDefinition } from '../../../src/import/index.ts';
import { startEnvoy } from '../../support/envoy.ts';
import type { Json } from '../../support/envoy-config.ts';
import { startSidecar } from '../../support/sidecar.ts';

export interface Call {
  readonly function: string;
  readonly payload: string;
}

/** A Lambda that repeats what it was sent; `fail` fails. */
export async function startLambda(t: TestContext) {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    let payload = '';
    request.on('data', (chunk: Buffer) => (payload += chunk.toString()));
    request.on('end', () => {
      const name = /\/functions\/([^/]+)\//.exec(request.url ?? '')?.[1] ?? '';
      calls.push({ function: name, payload });
      if (name === 'fail') response.setHeader('x-amz-function-error', 'Unhandled');
      response.end(JSON.stringify({ from: name, payload }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, calls };
}

/** What a shell makes of secrets.env. */
function variables(secrets: string | undefined): Readonly<Record<string, string>> {
  const lines = (secrets ?? '').split('\n').filter((line) => line.startsWith('LAMBDA_'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 2, -1)]),
  );
}

/** An Envoy of a definition, moved to ports of this test. */
export async function importedUrl(t: TestContext, definition: object, options: ImportOptions = {}): Promise<string> {
  const { policies, envoy, secrets } = importDefinition(JSON.stringify(definition), 'api.json', options);
  const sidecar = await startSidecar({ config: policies, env: { ...process.env, ...variables(secrets) }, test: t });
  const config = parse(envoy) as { static_resources: { listeners: Json[]; clusters: Json[] } };
  const [listener] = config.static_resources.listeners;
  const [cluster] = config.static_resources.clusters;
  assert.ok(listener && cluster);
  listener.address = { socket_address: { address: '127.0.0.1', port_value: 0 } };
  const pipe = { pipe: { path: sidecar.address.slice('unix:'.length) } };
  cluster.load_assignment = {
    cluster_name: cluster.name,
    endpoints: [{ lb_endpoints: [{ endpoint: { address: pipe } }] }],
  };
  const admin = { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } };
  return (await startEnvoy({ config: { ...config, admin }, test: t })).url;
}
