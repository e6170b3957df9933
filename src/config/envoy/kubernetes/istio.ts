import type { EnvoyNode } from '../envoy-node.ts';
import { EXTERNAL_PROCESSOR } from '../filters.ts';
import { type Dialect, envoyItself } from './dialect.ts';
import { generatedListener } from './generated.ts';
import { from, type Origin } from './laid.ts';
import type { Manifest } from './manifests.ts';
import type { Translation } from './translation.ts';

/** One item of `configPatches` of an EnvoyFilter. */
interface Patch {
  readonly applyTo: string;
  readonly operation: string;
  readonly match: EnvoyNode | undefined;
  readonly value: EnvoyNode;
  readonly origin: Origin;
}

/** `patch.value` is Envoy's own message, so that nothing is translated. */
const dialect: Dialect = envoyItself;

/** For settings that no patch of the text contains: problems have the place of the object. */
const unpatched: Dialect = {
  fieldOf: () => [],
  rephrase: (message) =>
    message.replace(/write (`per_connection_buffer_limit_bytes: \d+`)/, 'write $1 by a patch with `applyTo: LISTENER`'),
};

/**
 * The configuration that results from all EnvoyFilters of a text. What Istio adds to their patches (its own filters, its routes, the
 * mesh's settings) is not in the text.
 */
export function translateEnvoyFilters(manifests: readonly Manifest[]): readonly Translation[] {
  const patches = manifests.filter(({ kind }) => kind === 'EnvoyFilter').flatMap(patchesOf);
  const first = patches.find(({ applyTo, value }) => applyTo === 'HTTP_FILTER' && isProcessor(value));
  const place = first ?? patches[0];
  if (place === undefined) return [];
  const chain = chainOf(patches);
  const runsEverywhere = patches.some(
    ({ applyTo, value }) => applyTo === 'HTTP_FILTER' && isProcessor(value) && !value.flag('disabled'),
  );
  const ofKind = (applyTo: string): readonly Patch[] => patches.filter((patch) => patch.applyTo === applyTo);
  const listener = merged(ofKind('LISTENER'));
  const manager = merged(ofKind('NETWORK_FILTER'), 'typed_config');
  const tree = {
    static_resources: {
      listeners: [
        from(
          { manifest: place.origin.manifest, path: ['spec'], dialect: unpatched, unless: 'Istio or an EnvoyFilter' },
          generatedListener({
            listener: { per_connection_buffer_limit_bytes: 1_048_576, ...listener },
            manager: { ...manager, route_config: routesOf(patches, runsEverywhere) },
            filters: chain.map((patch) => withMerges(patch, patches)),
          }),
        ),
      ],
      clusters: ofKind('CLUSTER')
        .filter(({ operation }) => operation === 'ADD')
        .map(({ value, origin }) => from(origin, value.data)),
    },
  };
  return [
    {
      tree: from(place.origin, tree),
      hasBootstrap: false,
      hasOtherRoutes: true,
      hasOtherFilters: true,
      nameApi:
        'send x-lambda-api in `grpc_initial_metadata` of ExtProcPerRoute with a patch with `applyTo: HTTP_ROUTE` and `operation: MERGE`, match `authority` with `authorities` of the API in policies.yaml, or disable the filter here (`disabled: true`)',
    },
  ];
}

function patchesOf(manifest: Manifest): readonly Patch[] {
  return (manifest.node.get('spec')?.items('configPatches') ?? []).flatMap((entry) => {
    const patch = entry.get('patch');
    const value = patch?.get('value');
    if (value === undefined) return [];
    const origin: Origin = { manifest, path: value.path.slice(manifest.node.path.length), dialect };
    return [
      {
        applyTo: entry.text('applyTo') ?? '',
        operation: patch?.text('operation') ?? '',
        match: entry.get('match'),
        value,
        origin,
      },
    ];
  });
}

function isProcessor(value: EnvoyNode): boolean {
  return value.get('typed_config')?.is(EXTERNAL_PROCESSOR) === true;
}

/** The filters that patches add, the first one nearest to the caller, and merges into a filter that is not in the text. */
function chainOf(patches: readonly Patch[]): readonly Patch[] {
  const chain: Patch[] = [];
  const added = patches.filter(({ applyTo, operation }) => applyTo === 'HTTP_FILTER' && ADDING.test(operation));
  for (const patch of added) {
    const beside = patch.match?.find('listener', 'filterChain', 'filter', 'subFilter')?.text('name');
    const at = chain.findIndex(({ value }) => value.text('name') === beside);
    if (patch.operation === 'INSERT_FIRST') chain.unshift(patch);
    else if (at === -1) chain.push(patch);
    else chain.splice(patch.operation === 'INSERT_AFTER' ? at + 1 : at, 0, patch);
  }
  const names = new Set(chain.map(({ value }) => value.text('name')));
  const merges = patches.filter(({ applyTo, operation }) => applyTo === 'HTTP_FILTER' && operation === 'MERGE');
  return [...chain, ...merges.filter(({ value }) => isProcessor(value) && !names.has(value.text('name')))];
}

const ADDING = /^(?:ADD|INSERT_(?:BEFORE|AFTER|FIRST)|REPLACE)$/;

/** A filter with what other patches merge into it. */
function withMerges({ value, origin }: Patch, patches: readonly Patch[]): unknown {
  const name = value.text('name');
  const merges = patches.filter(({ applyTo, operation, match, value: merged }) => {
    if (applyTo !== 'HTTP_FILTER' || operation !== 'MERGE' || merged === value) return false;
    const matched = match?.find('listener', 'filterChain', 'filter', 'subFilter')?.text('name');
    return (matched ?? merged.text('name')) === name;
  });
  return from(
    origin,
    merges.reduce((base, patch) => mergedInto(base, patch.value, patch), value.data),
  );
}

/** Merges a message of a patch into another as protobuf does, except that lists are replaced; parts keep their places. */
function mergedInto(base: unknown, node: EnvoyNode, patch: Patch): unknown {
  const result: Record<string, unknown> = { ...recordOf(base) };
  for (const child of node.children()) {
    const key = String(child.path.at(-1));
    const below = Object.hasOwn(result, key) ? result[key] : undefined;
    const path = [...patch.origin.path, ...child.path.slice(patch.value.path.length)];
    const isMessage = recordOf(below) !== undefined && recordOf(child.data) !== undefined;
    if (key === '@type' && below !== undefined) continue;
    result[key] = isMessage ? mergedInto(below, child, patch) : from({ ...patch.origin, path }, child.data);
  }
  return result;
}

/** The fields that patches set, each with its place. */
function merged(patches: readonly Patch[], inner?: string): Readonly<Record<string, unknown>> {
  const fields = patches.flatMap(({ value, origin }) => {
    const holder = inner === undefined ? value : value.get(inner);
    return (holder?.children() ?? [])
      .filter(({ path }) => path.at(-1) !== '@type')
      .map((field) => {
        const path = [...origin.path, ...field.path.slice(value.path.length)];
        return [String(field.path.at(-1)), from({ ...origin, path }, field.data)] as const;
      });
  });
  return Object.fromEntries(fields);
}

/** The routes, hosts and the route configuration that patches merge something into, by the names that they match. */
function routesOf(patches: readonly Patch[], runsEverywhere: boolean): object {
  const ofKind = (applyTo: string): readonly Patch[] => patches.filter((patch) => patch.applyTo === applyTo);
  const byRoute = Map.groupBy(ofKind('HTTP_ROUTE'), ({ match, value }) => {
    return match?.find('routeConfiguration', 'vhost', 'route')?.text('name') ?? value.text('name');
  });
  const routes = [...byRoute].flatMap(([name, [first, ...more]]) => {
    if (first === undefined) return [];
    const base = { match: {}, ...recordOf(first.value.data), ...(name === undefined ? {} : { name }) };
    return [
      from(
        first.origin,
        more.reduce<unknown>((below, patch) => mergedInto(below, patch.value, patch), base),
      ),
    ];
  });
  const hosts = ofKind('VIRTUAL_HOST').map(({ match, value, origin }) => {
    const name = match?.find('routeConfiguration', 'vhost')?.text('name') ?? 'any';
    return from(origin, { name, ...recordOf(value.data), routes: [from(origin, { match: {} })] });
  });
  const host = { name: 'patched', routes };
  return {
    ...merged(ofKind('ROUTE_CONFIGURATION')),
    virtual_hosts: [...(routes.length === 0 ? [] : [host]), ...hosts],
    // There are also routes that no patch names: the filter runs on them unless it is disabled.
    ...(runsEverywhere || routes.length + hosts.length === 0 ? { vhds: {} } : {}),
  };
}

/** Undefined for everything but a plain message: a value with a place of its own stays one part. */
function recordOf(data: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  return Object.getPrototypeOf(data) === Object.prototype ? (data as Readonly<Record<string, unknown>>) : undefined;
}
