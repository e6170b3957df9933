import { suggestion } from '../../../closest.ts';
import type { DocumentPath } from '../../problem.ts';
import type { EnvoyNode } from '../envoy-node.ts';
import { labelOf, type Manifest, refersTo } from './manifests.ts';

/** A reference to an object that does not exist: what it should enable stays disabled silently. */
export interface LostReference {
  /** The path in the object. */
  readonly path: DocumentPath;
  readonly message: string;
}

/** References of one object to objects that are missing in the files, if the files contain other objects of that kind. */
export function lostReferences(manifest: Manifest, manifests: readonly Manifest[]): readonly LostReference[] {
  if (manifest.kind === 'TrafficPolicy') return lostExtension(manifest, manifests);
  if (manifest.kind === 'EnvoyExtensionPolicy') return lostTargets(manifest, manifests);
  if (manifest.kind === 'EnvoyFilter') return lostRoutes(manifest, manifests);
  return [];
}

function lostExtension(policy: Manifest, manifests: readonly Manifest[]): readonly LostReference[] {
  const reference = policy.node.find('spec', 'extProc', 'extensionRef');
  if (reference === undefined) return [];
  return lost(policy, reference, 'GatewayExtension', manifests);
}

function lostTargets(policy: Manifest, manifests: readonly Manifest[]): readonly LostReference[] {
  const references = policy.node.get('spec')?.items('targetRefs') ?? [];
  return references.flatMap((reference) => {
    const kind = reference.text('kind') ?? '';
    if (kind !== 'HTTPRoute' && kind !== 'GRPCRoute') return [];
    const section = reference.text('sectionName');
    const target = manifests.find((other) => other.kind === kind && refersTo(policy, reference, other));
    if (target === undefined) return lost(policy, reference, kind, manifests);
    const rules = (target.node.get('spec')?.items('rules') ?? []).flatMap((rule) => rule.text('name') ?? []);
    if (section === undefined || rules.includes(section)) return [];
    const message = `no rule of ${labelOf(target)} has this name${suggestion(section, rules)}: no policy runs on its routes`;
    return [{ path: pathIn(policy, reference, 'sectionName'), message }];
  });
}

/** Reports a reference only if its name is similar to that of an object in the files, so that it is probably a typing error. */
function lost(
  from: Manifest,
  reference: EnvoyNode,
  kind: string,
  manifests: readonly Manifest[],
): readonly LostReference[] {
  const known = manifests.filter((other) => other.kind === kind);
  if (known.some((other) => refersTo(from, reference, other))) return [];
  const names = known.map(({ name }) => name);
  const hint = suggestion(reference.text('name') ?? '', names);
  if (hint === '') return [];
  const message = `there is no such ${kind} in the files${hint}: no policy runs on its routes`;
  return [{ path: pathIn(from, reference, 'name'), message }];
}

/** Names of the routes that Istio itself generates. */
const GENERATED: readonly string[] = ['default', 'allow_any', 'block_all'];

/** Reports a patch for a route that no VirtualService in the files has: Istio does not apply it. */
function lostRoutes(filter: Manifest, manifests: readonly Manifest[]): readonly LostReference[] {
  const services = manifests.filter(({ kind }) => kind === 'VirtualService');
  if (services.length === 0) return [];
  const names = [...GENERATED, ...services.flatMap(routeNames)];
  const patches = filter.node.get('spec')?.items('configPatches') ?? [];
  return patches.flatMap((patch) => {
    const route = patch.find('match', 'routeConfiguration', 'vhost', 'route');
    const name = route?.text('name');
    if (patch.text('applyTo') !== 'HTTP_ROUTE' || route === undefined || name === undefined) return [];
    if (names.includes(name)) return [];
    const hint = suggestion(name, names);
    // Routes of the Gateway API are called <namespace>.<name>.<index>.
    if (hint === '' && name.includes('.')) return [];
    const message = `no VirtualService in the files has a route of this name (\`http[].name\`, followed by \`.\` and the name of a match)${hint}: the patch has no effect, and no policy runs`;
    return [{ path: pathIn(filter, route, 'name'), message }];
  });
}

function routeNames(service: Manifest): readonly string[] {
  return (service.node.get('spec')?.items('http') ?? []).flatMap((route) => {
    const name = route.text('name');
    if (name === undefined) return [];
    return [name, ...route.items('match').flatMap((match) => `${name}.${match.text('name') ?? ''}`)];
  });
}

function pathIn(manifest: Manifest, node: EnvoyNode, field: string): DocumentPath {
  return node.placeOf(field).slice(manifest.node.path.length);
}
