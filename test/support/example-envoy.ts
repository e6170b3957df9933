import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Json } from './envoy-config.ts';

const example = join(import.meta.dirname, '../../envoy/envoy.yaml');

interface Manager {
  readonly http_filters: Json[];
  readonly route_config: { readonly virtual_hosts: { routes: Json[] }[] };
}

/** envoy/envoy.yaml with routes of its own, and filters in front of those that it has. */
export function exampleEnvoy(routes: readonly Json[], filtersBefore: readonly Json[] = []): string {
  const config = parse(readFileSync(example, 'utf8')) as Json;
  const manager = managerOf(config);
  const [host] = manager.route_config.virtual_hosts;
  if (host === undefined) throw new Error('the example has no virtual host');
  host.routes = [...routes];
  manager.http_filters.unshift(...filtersBefore);
  return stringify(config, { lineWidth: 0 });
}

/** The same on ports that are free, with a sidecar on a Unix socket. */
export function onFreePorts(text: string, sidecar: string): string {
  return text
    .replaceAll(/port_value: (?:10000|9901)\b/g, 'port_value: 0')
    .replace('/run/lambda-ext-proc/0.sock', sidecar.replace(/^unix:/, ''));
}

/** A route of the example by its name. */
export function exampleRoute(name: string): Json {
  const config = parse(readFileSync(example, 'utf8')) as Json;
  const [host] = managerOf(config).route_config.virtual_hosts;
  const found = host?.routes.find((route) => route.name === name);
  if (found === undefined) throw new Error(`the example has no route ${name}`);
  return found;
}

function managerOf(config: Json): Manager {
  const { listeners } = config.static_resources as {
    listeners: { filter_chains: { filters: { typed_config: Manager }[] }[] }[];
  };
  const manager = listeners[0]?.filter_chains[0]?.filters[0]?.typed_config;
  if (manager === undefined) throw new Error('the example has no connection manager');
  return manager;
}
