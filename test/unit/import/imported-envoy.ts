import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import { importDefinition } from '../../../src/import/index.ts';
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

/** An Envoy of a definition, moved to ports of this test. */
export async function importedUrl(t: TestContext, definition: object): Promise<string> {
  const { policies, envoy } = importDefinition(JSON.stringify(definition), 'api.json');
  const sidecar = await startSidecar({ config: policies, test: t });
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
