// What a control plane makes of the examples in deploy/, as a configuration for a plain Envoy on this machine:
//
//   node scripts/plain-envoy.ts istio deploy/istio/envoy-filter.yaml > envoy.json
//   node scripts/plain-envoy.ts envoy-gateway xds.yaml > envoy.json      (xds.yaml: what `egctl x translate` printed)
//
// --socket PATH: where the sidecar listens; --backend HOST:PORT: what the routes lead to; --port N: where Envoy listens.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { plainEnvoyOf } from './support/istio-patches.ts';
import type { Json } from './support/kubernetes-schema.ts';
import { staticEnvoyOf } from './support/translated-gateway.ts';

const { values, positionals } = parseArgs({
  options: {
    socket: { type: 'string', default: '/run/lambda-ext-proc/0.sock' },
    backend: { type: 'string', default: '127.0.0.1:8080' },
    port: { type: 'string', default: '10000' },
  },
  allowPositionals: true,
});
const [kind, file] = positionals;
const makers = new Map([
  ['istio', plainEnvoyOf],
  ['envoy-gateway', staticEnvoyOf],
]);
const make = makers.get(kind ?? '');
if (make === undefined || file === undefined) {
  process.stderr.write(`usage: node scripts/plain-envoy.ts ${[...makers.keys()].join('|')} FILE [--socket PATH]\n`);
  process.exit(2);
}
const [document] = parseAllDocuments(readFileSync(file, 'utf8'));
const config = make(document?.toJS() as Json, { port: Number(values.port), backend: values.backend });
process.stdout.write(JSON.stringify(config, undefined, 2).replaceAll('/run/lambda-ext-proc/0.sock', values.socket));
