// Prints a configuration for a plain Envoy on this machine: what a control plane generates from the examples in deploy/, or
// envoy/envoy.yaml with the route of a guide instead of its own routes.
//
//   node scripts/plain-envoy.ts istio deploy/istio/envoy-filter.yaml > envoy.json
//   node scripts/plain-envoy.ts envoy-gateway xds.yaml > envoy.json      (xds.yaml: what `egctl x translate` printed)
//   node scripts/plain-envoy.ts example route.yaml --filters filters.yaml > envoy.json
//
// --socket PATH: where the sidecar listens; --backend HOST:PORT: what the routes lead to; --port N: where Envoy listens;
// --filters FILE, with `example`: an HTTP filter, or a list of them, before those of envoy/envoy.yaml.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import { exampleEnvoy } from '../test/support/example-envoy.ts';
import { address, type PlainEnvoyOptions, plainEnvoyOf } from './support/istio-patches.ts';
import type { Json } from './support/kubernetes-schema.ts';
import { staticEnvoyOf } from './support/translated-gateway.ts';

const { values, positionals } = parseArgs({
  options: {
    socket: { type: 'string', default: '/run/lambda-ext-proc/0.sock' },
    backend: { type: 'string', default: '127.0.0.1:8080' },
    port: { type: 'string', default: '10000' },
    filters: { type: 'string' },
  },
  allowPositionals: true,
});
const [kind, file] = positionals;
const makers = new Map([
  ['istio', plainEnvoyOf],
  ['envoy-gateway', staticEnvoyOf],
  ['example', exampleOf],
]);
const make = makers.get(kind ?? '');
if (make === undefined || file === undefined) {
  process.stderr.write(
    `usage: node scripts/plain-envoy.ts ${[...makers.keys()].join('|')} FILE [--socket PATH] [--backend HOST:PORT] [--port N] [--filters FILE]\n`,
  );
  process.exit(2);
}
const [document] = parseAllDocuments(readFileSync(file, 'utf8'));
const config = make(document?.toJS() as Json, { port: Number(values.port), backend: values.backend });
process.stdout.write(JSON.stringify(config, undefined, 2).replaceAll('/run/lambda-ext-proc/0.sock', values.socket));

/** `route`: one route, or a list of them. */
function exampleOf(route: Json, { port, backend }: PlainEnvoyOptions): Json {
  const filters: unknown = values.filters === undefined ? [] : parse(readFileSync(values.filters, 'utf8'));
  const config = exampleEnvoy([route].flat(), [filters as Json].flat());
  const [host = '', backendPort = ''] = backend.split(/:(?=\d+$)/);
  const moved = config
    .replace('port_value: 10000', `port_value: ${port}`)
    .replace(/address: 127\.0\.0\.1\n(\s+)port_value: 8080/, `address: ${host}\n$1port_value: ${backendPort}`);
  return { ...(parse(moved) as Json), admin: { address: address('127.0.0.1', 0) } };
}
