import assert from 'node:assert/strict';
import { test } from 'node:test';
import { benchEnvoyConfig } from '../../../bench/parts/envoy.ts';

interface Config {
  readonly static_resources: {
    readonly clusters: readonly { readonly name: string }[];
    readonly listeners: readonly [
      {
        readonly filter_chains: readonly [
          {
            readonly filters: readonly [
              { readonly typed_config: { readonly route_config: { readonly virtual_hosts: readonly [VirtualHost] } } },
            ];
          },
        ];
      },
    ];
  };
}

interface VirtualHost {
  readonly routes: readonly { readonly name: string; readonly match: { readonly prefix: string } }[];
}

test('each subject has a route that is not a prefix of anothers and a cluster of its own', () => {
  const names = ['own', 'own-2', 'native', 'plain'];
  const config = benchEnvoyConfig({
    subjects: [
      { name: 'own', addresses: ['unix:/a.sock'] },
      { name: 'own-2', addresses: ['unix:/b.sock', 'unix:/c.sock'] },
      { name: 'native', addresses: [], without: 'aws_lambda' },
      { name: 'plain', addresses: [], without: 'filters' },
    ],
    backend: '127.0.0.1:1',
    lambda: 'http://127.0.0.1:2',
    gracefulClose: true,
  }) as unknown as Config;
  const [listener] = config.static_resources.listeners;
  const [host] = listener.filter_chains[0].filters[0].typed_config.route_config.virtual_hosts;
  assert.deepEqual(
    host.routes.map(({ name }) => name),
    names,
  );
  // A request to one subject must not be served by another, which would answer just as well.
  for (const { name, match } of host.routes) {
    for (const other of host.routes) {
      assert.equal(
        `/${other.name}/orders`.startsWith(match.prefix),
        other.name === name,
        `${match.prefix} ${other.name}`,
      );
    }
  }
  const clusters = config.static_resources.clusters.map(({ name }) => name);
  assert.deepEqual(clusters, ['sidecar', 'backend', 'own', 'own-2', 'native']);
});
