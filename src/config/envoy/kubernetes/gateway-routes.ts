import type { EnvoyNode } from '../envoy-node.ts';
import { from, type Origin } from './laid.ts';
import { type Manifest, refersTo } from './manifests.ts';

export interface TargetRoute {
  readonly name: string;
  readonly origin: Origin;
  /** The setting that makes Envoy change the path after all filters have run. */
  readonly rewrite?: Origin | undefined;
}

/** The routes to which a policy of the Gateway API is attached, with the names that Envoy Gateway gives them. */
export interface TargetRoutes {
  readonly routes: readonly TargetRoute[];
  /** There are more that are not in the text. */
  readonly hasOthers: boolean;
}

/** The most names of one route: Envoy has a name for each host of each match, and further ones would give the same findings. */
const MOST_NAMES = 1_000;

const ROUTE_KINDS: ReadonlySet<string> = new Set(['HTTPRoute', 'GRPCRoute']);

/** The routes of one entry of `targetRefs`; `origin` is its place. */
export function routesOfTarget(reference: EnvoyNode, origin: Origin, manifests: readonly Manifest[]): TargetRoutes {
  const { manifest: policy } = origin;
  const kind = reference.text('kind') ?? '';
  const section = reference.text('sectionName');
  if (ROUTE_KINDS.has(kind)) {
    const target = manifests.find((other) => other.kind === kind && refersTo(policy, reference, other));
    if (target !== undefined) {
      return { routes: namedRoutes(target, section, origin, manifests), hasOthers: false };
    }
    const name = `${prefixOf(kind, policy.namespace || 'default', reference.text('name') ?? '')}/rule/0/match/0/*`;
    return { routes: [{ name, origin }], hasOthers: true };
  }
  const attached = manifests.filter(
    (other) =>
      ROUTE_KINDS.has(other.kind) &&
      (other.node.get('spec')?.items('parentRefs') ?? []).some(
        (parent) => parent.text('name') === reference.text('name') && (parent.text('kind') ?? 'Gateway') === kind,
      ),
  );
  const routes = attached.flatMap((route) => namedRoutes(route, undefined, origin, manifests));
  return { routes, hasOthers: true };
}

/** `httproute/<ns>/<name>/rule/<i>/match/<j>/<host>` (Envoy Gateway 1.9). */
function namedRoutes(
  route: Manifest,
  section: string | undefined,
  origin: Origin,
  manifests: readonly Manifest[],
): readonly TargetRoute[] {
  const spec = route.node.get('spec');
  const prefix = prefixOf(route.kind, route.namespace || 'default', route.name);
  const listed = spec?.get('hostnames')?.data;
  const hosts = Array.isArray(listed) && listed.length > 0 ? listed.map(String) : ['*'];
  const found: TargetRoute[] = [];
  for (const [index, rule] of (spec?.items('rules') ?? []).entries()) {
    if (section !== undefined && rule.text('name') !== section) continue;
    const rewrite = rewriteOf(rule, route, manifests);
    const place = rewrite && { ...rewrite, dialect: origin.dialect };
    const matches = Math.max(1, rule.items('matches').length);
    for (let match = 0; match < matches; match++) {
      for (const host of hosts) {
        if (found.length === MOST_NAMES) return found;
        const name = `${prefix}/rule/${index}/match/${match}/${host.replaceAll('.', '_')}`;
        found.push({ name, origin, rewrite: place });
      }
    }
  }
  return found;
}

/** A rule's `URLRewrite` of the path, its own or that of an HTTPRouteFilter. */
function rewriteOf(
  rule: EnvoyNode,
  route: Manifest,
  manifests: readonly Manifest[],
): Pick<Origin, 'manifest' | 'path'> | undefined {
  const lists = [rule, ...rule.items('backendRefs')];
  for (const filter of lists.flatMap((list) => list.items('filters'))) {
    const own = filter.find('urlRewrite', 'path');
    if (own !== undefined) return { manifest: route, path: own.path.slice(route.node.path.length) };
    const reference = filter.get('extensionRef');
    if (reference === undefined) continue;
    const other = manifests.find((one) => one.kind === 'HTTPRouteFilter' && refersTo(route, reference, one));
    const path = other?.node.find('spec', 'urlRewrite', 'path');
    if (other !== undefined && path !== undefined) {
      return { manifest: other, path: path.path.slice(other.node.path.length) };
    }
  }
  return undefined;
}

function prefixOf(kind: string, namespace: string, name: string): string {
  return `${kind.toLowerCase()}/${namespace}/${name}`;
}

/** A virtual host with one route for each name, on which a filter is enabled. */
export function virtualHost({ routes }: TargetRoutes, perRoute: (origin: Origin) => object): object {
  return {
    name: 'routes',
    domains: ['*'],
    routes: routes.map(({ name, origin, rewrite }) =>
      from(origin, {
        name,
        match: { prefix: '/' },
        route: rewrite && { path_rewrite_policy: from(rewrite, {}) },
        typed_per_filter_config: perRoute(origin),
      }),
    ),
  };
}
