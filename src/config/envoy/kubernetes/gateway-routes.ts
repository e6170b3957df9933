import type { EnvoyNode } from '../envoy-node.ts';
import { from, type Origin } from './laid.ts';
import { type Manifest, refersTo } from './manifests.ts';

/** Routes that a policy of the Gateway API is attached to, as Envoy Gateway names them. */
export interface TargetRoutes {
  readonly routes: readonly { readonly name: string; readonly origin: Origin }[];
  /** There are more that are not in the text. */
  readonly hasOthers: boolean;
}

/** Of one route: Envoy has a name for each host of each match, and more of them tell nothing else. */
const MOST_NAMES = 1_000;

const ROUTE_KINDS: ReadonlySet<string> = new Set(['HTTPRoute', 'GRPCRoute']);

/** The routes of one entry of `targetRefs`, whose place is `origin`'s. */
export function routesOfTarget(reference: EnvoyNode, origin: Origin, manifests: readonly Manifest[]): TargetRoutes {
  const { manifest: policy } = origin;
  const kind = reference.text('kind') ?? '';
  const section = reference.text('sectionName');
  if (ROUTE_KINDS.has(kind)) {
    const target = manifests.find((other) => other.kind === kind && refersTo(policy, reference, other));
    if (target !== undefined) {
      return { routes: names(target, section).map((name) => ({ name, origin })), hasOthers: false };
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
  const routes = attached.flatMap((route) => names(route, undefined).map((name) => ({ name, origin })));
  return { routes, hasOthers: true };
}

/** `httproute/<ns>/<name>/rule/<i>/match/<j>/<host>` (Envoy Gateway 1.9). */
function names(route: Manifest, section: string | undefined): readonly string[] {
  const spec = route.node.get('spec');
  const prefix = prefixOf(route.kind, route.namespace || 'default', route.name);
  const listed = spec?.get('hostnames')?.data;
  const hosts = Array.isArray(listed) && listed.length > 0 ? listed.map(String) : ['*'];
  const found: string[] = [];
  for (const [index, rule] of (spec?.items('rules') ?? []).entries()) {
    if (section !== undefined && rule.text('name') !== section) continue;
    const matches = Math.max(1, rule.items('matches').length);
    for (let match = 0; match < matches; match++) {
      for (const host of hosts) {
        if (found.length === MOST_NAMES) return found;
        found.push(`${prefix}/rule/${index}/match/${match}/${host.replaceAll('.', '_')}`);
      }
    }
  }
  return found;
}

function prefixOf(kind: string, namespace: string, name: string): string {
  return `${kind.toLowerCase()}/${namespace}/${name}`;
}

/** A virtual host with one route for each name, on which a filter is on. */
export function virtualHost({ routes }: TargetRoutes, perRoute: (origin: Origin) => object): object {
  return {
    name: 'routes',
    domains: ['*'],
    routes: routes.map(({ name, origin }) =>
      from(origin, { name, match: { prefix: '/' }, typed_per_filter_config: perRoute(origin) }),
    ),
  };
}
