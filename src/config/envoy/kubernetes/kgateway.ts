import type { EnvoyNode } from '../envoy-node.ts';
import { EXTERNAL_PROCESSOR_URL, FILTER_CONFIG_URL, generatedListener, PER_ROUTE_URL } from './generated.ts';
import { gatewayExtension, MODES, trafficPolicy } from './kgateway-words.ts';
import { from, type Origin } from './laid.ts';
import { type Manifest, refersTo } from './manifests.ts';
import type { Translation } from './translation.ts';
import { envoyDuration } from './units.ts';

/** The configuration that kgateway generates from a GatewayExtension and the TrafficPolicies of the text that refer to it. */
export function translateGatewayExtension(extension: Manifest, manifests: readonly Manifest[]): readonly Translation[] {
  const spec = extension.node.get('spec')?.get('extProc');
  if (spec === undefined) return [];
  const origin: Origin = { manifest: extension, path: ['spec', 'extProc'], dialect: gatewayExtension };
  const name = `ext_proc/${extension.namespace}/${extension.name}`;
  const users = manifests.filter((policy) => {
    const reference = policy.node.find('spec', 'extProc', 'extensionRef');
    return policy.kind === 'TrafficPolicy' && reference !== undefined && refersTo(policy, reference, extension);
  });
  const routes =
    users.length === 0
      ? [from(origin, { match: {}, typed_per_filter_config: { [name]: { '@type': FILTER_CONFIG_URL, config: {} } } })]
      : users.flatMap((user) => routesOf(user, name));
  const { limit, place } = bufferLimit(origin, manifests);
  const listener = generatedListener({
    listener: { per_connection_buffer_limit_bytes: limit },
    manager: { route_config: { name: 'routes', virtual_hosts: [{ name: 'routes', routes }] } },
    filters: [from(origin, { name, disabled: true, typed_config: processor(spec, extension) })],
  });
  return [
    {
      tree: from(origin, {
        static_resources: { listeners: [from(place, listener)] },
      }),
      hasBootstrap: false,
      hasOtherRoutes: true,
      nameApi:
        'kgateway sends neither x-lambda-api nor the name of the route; write your own name (`authority: orders.default`) and the same in `authorities` of the API in policies.yaml, or name the API `default`, which then serves all of its routes',
    },
  ];
}

/** The listeners' buffer limit: that of a ListenerPolicy in the text, otherwise the default, which another ListenerPolicy may change. */
function bufferLimit(
  origin: Origin,
  manifests: readonly Manifest[],
): { readonly limit: number; readonly place: Origin } {
  const policy = manifests.find(({ kind }) => kind === 'ListenerPolicy');
  const limit = policy?.node.find('spec', 'default')?.number('perConnectionBufferLimitBytes');
  if (policy === undefined || limit === undefined) {
    return { limit: 1_048_576, place: { ...origin, unless: 'a ListenerPolicy' } };
  }
  return { limit, place: { manifest: policy, path: ['spec', 'default'], dialect: gatewayExtension } };
}

function routesOf(policy: Manifest, filter: string): readonly unknown[] {
  const spec = policy.node.get('spec');
  const origin: Origin = { manifest: policy, path: ['spec', 'extProc'], dialect: trafficPolicy };
  const modes = spec?.get('extProc')?.get('processingMode');
  const entry =
    modes === undefined
      ? { '@type': FILTER_CONFIG_URL, config: {} }
      : from(origin, { '@type': PER_ROUTE_URL, overrides: { processing_mode: modesOf(modes) } });
  return [from(origin, { match: {}, typed_per_filter_config: { [filter]: entry } })];
}

function modesOf(modes: EnvoyNode | undefined): object {
  return Object.fromEntries(Object.entries(MODES).map(([envoy, own]) => [envoy, modes?.text(own)]));
}

function processor(spec: EnvoyNode, { name, namespace }: Manifest): object {
  const service = spec.get('grpcService');
  const backend = service?.get('backendRef');
  const cluster = `kube_${backend?.text('namespace') ?? namespace}_${backend?.text('name') ?? name}_${backend?.number('port') ?? 0}`;
  const action = ACTIONS.get(spec.text('routeCacheAction') ?? '');
  const forwarding = spec.find('metadataOptions', 'forwarding')?.data;
  const allowed = spec.items('allowedProcessingModeOverrides');
  return {
    '@type': EXTERNAL_PROCESSOR_URL,
    grpc_service: { envoy_grpc: { cluster_name: cluster, authority: service?.text('authority') } },
    processing_mode: spec.get('processingMode') && modesOf(spec.get('processingMode')),
    allow_mode_override: spec.flag('allowProcessingModeOverride') || undefined,
    allowed_override_modes: allowed.length === 0 ? undefined : allowed.map(modesOf),
    message_timeout: envoyDuration(spec.get('messageTimeout')),
    max_message_timeout: envoyDuration(spec.get('maxMessageTimeout')),
    // An absent failOpen means true.
    failure_mode_allow: spec.get('failOpen')?.data !== false,
    route_cache_action: action,
    metadata_options: forwarding && { forwarding_namespaces: forwarding },
  };
}

const ACTIONS: ReadonlyMap<string, string> = new Map([
  ['Clear', 'CLEAR'],
  ['Retain', 'RETAIN'],
]);
