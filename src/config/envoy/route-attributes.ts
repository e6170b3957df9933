import { requestAttributes } from '../../envoy-names.ts';
import type { EnvoyNode } from './envoy-node.ts';
import type { Filter } from './filters.ts';
import type { Route } from './routes.ts';

/** The value of an attribute on the streams of a route; `text` is undefined if the value is not a text. */
export interface RouteAttribute {
  readonly text: string | undefined;
}

/** `xds.route_metadata.filter_metadata['namespace']['key']` and the like. */
const METADATA =
  /^xds\.(route|virtual_host|listener)_metadata\.filter_metadata((?:\['[^'\\]*'\]|\["[^"\\]*"\]|\.\w+)+)$/;
const KEY = /\['([^']*)'\]|\["([^"]*)"\]|\.(\w+)/g;

/** Undefined if the text does not determine it. `generated`: a control plane adds to what is in the text. */
export function attributeOn(
  attribute: string,
  route: Route,
  filter: Filter,
  generated: boolean,
): RouteAttribute | undefined {
  if (attribute === requestAttributes.routeName) return { text: route.name };
  const [, holder, keys] = METADATA.exec(attribute) ?? [];
  if (keys !== undefined) {
    const found = metadataOf(holder, route, filter)?.get('filter_metadata');
    const path = [...keys.matchAll(KEY)].map(([, single, double, plain]) => single ?? double ?? plain ?? '');
    const value = path.reduce<EnvoyNode | undefined>((node, key) => node?.entry(key), found)?.data;
    if (value === undefined && generated) return undefined;
    return { text: typeof value === 'string' ? value : undefined };
  }
  if (generated) return undefined;
  if (attribute === requestAttributes.virtualHostName) return { text: route.host.text('name') };
  const action = route.node.get('route');
  if (attribute === CLUSTER_NAME && action?.text('cluster') !== undefined) return { text: action.text('cluster') };
  return undefined;
}

const CLUSTER_NAME = 'xds.cluster_name';

/** Whether callers can choose the value of the attribute, because they choose the route's cluster by a header. */
export function isCallersCluster(attribute: string, route: Route): boolean {
  return /\bxds\s*\.\s*cluster_/.test(attribute) && route.node.get('route')?.get('cluster_header') !== undefined;
}

function metadataOf(holder: string | undefined, route: Route, filter: Filter): EnvoyNode | undefined {
  switch (holder) {
    case 'route':
      return route.node.get('metadata');
    case 'virtual_host':
      return route.host.get('metadata');
    default:
      return filter.manager.listener?.get('metadata');
  }
}
