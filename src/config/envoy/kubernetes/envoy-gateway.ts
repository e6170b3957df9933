import { parseYaml, SourceError } from '../../source/index.ts';
import { EnvoyNode } from '../envoy-node.ts';
import { BODY_MODES, clientTrafficPolicy, envoyProxy, extensionPolicy } from './envoy-gateway-words.ts';
import { routesOfTarget, type TargetRoutes, virtualHost } from './gateway-routes.ts';
import { EXTERNAL_PROCESSOR_URL, FILTER_CONFIG_URL, generatedListener, HTTP2_OPTIONS } from './generated.ts';
import { from, type Origin } from './laid.ts';
import { type Manifest, refersTo } from './manifests.ts';
import type { Translation } from './translation.ts';
import { bytesOf, envoyDuration } from './units.ts';

/** Envoy Gateway's default for listeners and clusters. */
const BUFFER_LIMIT = 32_768;

/** The configuration that Envoy Gateway generates from one item of an EnvoyExtensionPolicy's `extProc`: see docs/reference/check.md. */
export function translateExtensionPolicy(policy: Manifest, manifests: readonly Manifest[]): readonly Translation[] {
  const spec = policy.node.get('spec');
  return (spec?.items('extProc') ?? []).map((item, index) => {
    const origin: Origin = { manifest: policy, path: ['spec', 'extProc', index], dialect: extensionPolicy };
    const name = `envoy.filters.http.ext_proc/envoyextensionpolicy/${policy.namespace}/${policy.name}/extproc/${index}`;
    const targets = targetsOf(policy, manifests);
    const enabled = { [name]: { '@type': FILTER_CONFIG_URL, config: {} } };
    const filter = { name, disabled: true, typed_config: from(origin, processor(item, policy)) };
    const routes = { name: 'routes', virtual_hosts: [virtualHost(targets, () => enabled)] };
    const hasRoutes = targets.routes.length > 0;
    const proxy = manifests.find(({ kind }) => kind === 'EnvoyProxy');
    return {
      tree: from(origin, {
        static_resources: {
          listeners: [
            listenerOf(origin, manifests, {
              filters: [filter],
              routes: hasRoutes ? { route_config: routes } : { rds: { route_config_name: 'elsewhere' } },
            }),
          ],
          clusters: [from(origin, clusterOf(item, policy, manifests))],
        },
        ...(proxy === undefined ? {} : bootstrapOf(proxy)),
      }),
      hasBootstrap: proxy !== undefined,
      hasOtherRoutes: targets.hasOthers,
      nameApi: `an EnvoyExtensionPolicy cannot send x-lambda-api; match its backend with \`authorities\` of the API in policies.yaml (\`authorities: [${JSON.stringify(authorityOf(item, policy))}]\`), match the name of the route with \`routes\` (\`routes: [${JSON.stringify(globFor(targets))}]\`) with \`request_attributes: [xds.route_name]\`, name the API \`default\`, or remove the target`,
    };
  });
}

function globFor({ routes }: TargetRoutes): string {
  const [first] = routes;
  return first === undefined ? 'httproute/NAMESPACE/NAME/*' : first.name.replace(/\/rule\/.*$/, '/*');
}

function targetsOf(policy: Manifest, manifests: readonly Manifest[]): TargetRoutes {
  const spec = policy.node.get('spec');
  const single = spec?.get('targetRef');
  const references = [...(spec?.items('targetRefs') ?? []), ...(single === undefined ? [] : [single])];
  const found = references.map((reference) => {
    const path = reference.path.slice(policy.node.path.length);
    const place: Origin = { manifest: policy, path, dialect: extensionPolicy };
    return routesOfTarget(reference, place, manifests);
  });
  return {
    routes: found.flatMap(({ routes }) => routes),
    hasOthers: spec?.get('targetSelectors') !== undefined || found.some(({ hasOthers }) => hasOthers),
  };
}

function processor(item: EnvoyNode, policy: Manifest): object {
  const mode = item.get('processingMode');
  const body = (phase: string): string => bodyMode(mode?.get(phase)?.text('body'));
  const trailers = (phase: string): string => (body(phase) === 'FULL_DUPLEX_STREAMED' ? 'SEND' : 'SKIP');
  const metadata = item.get('metadata');
  return {
    '@type': EXTERNAL_PROCESSOR_URL,
    grpc_service: {
      envoy_grpc: { cluster_name: CLUSTER, authority: authorityOf(item, policy) },
      retry_policy: retryPolicy(item),
    },
    processing_mode: {
      request_header_mode: mode?.get('request') === undefined ? 'SKIP' : 'SEND',
      response_header_mode: mode?.get('response') === undefined ? 'SKIP' : 'SEND',
      request_body_mode: body('request'),
      response_body_mode: body('response'),
      request_trailer_mode: trailers('request'),
      response_trailer_mode: trailers('response'),
    },
    allow_mode_override: mode?.flag('allowModeOverride') === true || undefined,
    request_attributes: mode?.find('request', 'attributes')?.data,
    response_attributes: mode?.find('response', 'attributes')?.data,
    message_timeout: envoyDuration(item.get('messageTimeout')),
    failure_mode_allow: item.flag('failOpen') || undefined,
    observability_mode: item.flag('shadowMode') || undefined,
    metadata_options:
      metadata === undefined
        ? undefined
        : {
            receiving_namespaces: { untyped: metadata.get('writableNamespaces')?.data },
            forwarding_namespaces: { untyped: metadata.get('accessibleNamespaces')?.data },
          },
  };
}

/** Has the form of Envoy Gateway's cluster names, which are not a valid :authority of HTTP/2. */
const CLUSTER = 'envoyextensionpolicy/extproc';

function bodyMode(text: string | undefined): string {
  return [...BODY_MODES].find(([, own]) => own === text)?.[0] ?? 'NONE';
}

/** The first backend's name, which Envoy Gateway uses as the `:authority`. */
function authorityOf(item: EnvoyNode, policy: Manifest): string {
  const [backend] = item.items('backendRefs');
  const name = `${backend?.text('name') ?? 'backend'}.${backend?.text('namespace') ?? (policy.namespace || 'default')}`;
  return backend?.text('kind') === 'Backend' ? name : `${name}:${backend?.number('port') ?? 80}`;
}

function retryPolicy(item: EnvoyNode): object | undefined {
  const retry = item.get('backendSettings')?.get('retry');
  const triggers = retry?.find('retryOn', 'triggers')?.data;
  if (retry === undefined) return undefined;
  return { retry_on: Array.isArray(triggers) ? triggers.join(',') : 'connect-failure,refused-stream' };
}

function clusterOf(item: EnvoyNode, policy: Manifest, manifests: readonly Manifest[]): object {
  const settings = item.get('backendSettings');
  const breaker = settings?.get('circuitBreaker');
  const active = settings?.find('healthCheck', 'active');
  const grpc = active?.get('grpc');
  return {
    name: CLUSTER,
    typed_extension_protocol_options: HTTP2_OPTIONS,
    circuit_breakers:
      breaker === undefined
        ? undefined
        : {
            thresholds: [
              {
                max_requests: breaker.number('maxParallelRequests'),
                max_retries: breaker.number('maxParallelRetries') ?? 1024,
              },
            ],
          },
    health_checks:
      active === undefined
        ? undefined
        : [
            {
              no_traffic_interval: '1s',
              grpc_health_check:
                active.text('type') === 'GRPC'
                  ? { service_name: grpc?.text('service'), authority: healthAuthority(item, policy, manifests) }
                  : undefined,
            },
          ],
  };
}

/** The host name of the backend's endpoints, for which an EnvoyExtensionPolicy has no field; any name if the Backend is not in the text. */
function healthAuthority(item: EnvoyNode, policy: Manifest, manifests: readonly Manifest[]): string | undefined {
  const [reference] = item.items('backendRefs');
  if (reference?.text('kind') !== 'Backend') return undefined;
  const backend = manifests.find((other) => other.kind === 'Backend' && refersTo(policy, reference, other));
  const endpoints = backend?.node.get('spec')?.items('endpoints') ?? [];
  if (backend === undefined) return 'unknown';
  return endpoints.every((endpoint) => endpoint.text('hostname') !== undefined) ? 'told' : undefined;
}

interface ListenerParts {
  readonly filters: readonly unknown[];
  readonly routes: Readonly<Record<string, unknown>>;
}

/** The Gateway's listener with the settings of a ClientTrafficPolicy in the text; without one its settings are not certain. */
function listenerOf(origin: Origin, manifests: readonly Manifest[], { filters, routes }: ListenerParts): unknown {
  const policy = manifests.find(({ kind }) => kind === 'ClientTrafficPolicy');
  if (policy === undefined) {
    const listener = { per_connection_buffer_limit_bytes: BUFFER_LIMIT };
    const place = { ...origin, unless: 'a ClientTrafficPolicy' };
    return from(
      place,
      generatedListener({ listener, manager: routes, filters: filters.map((one) => from(origin, one)) }),
    );
  }
  const spec = policy.node.get('spec');
  const http = spec?.find('timeout', 'http');
  const path = spec?.get('path');
  const slashes = path?.text('escapedSlashesAction');
  const underscores = spec?.get('headers')?.text('withUnderscoresAction');
  const listener = {
    per_connection_buffer_limit_bytes: bytesOf(spec?.find('connection', 'bufferLimit')) ?? BUFFER_LIMIT,
  };
  const manager = {
    merge_slashes: path?.flag('disableMergeSlashes') !== true,
    ...(slashes === undefined ? {} : { path_with_escaped_slashes_action: SLASHES.get(slashes) }),
    ...(underscores === 'Allow' ? { common_http_protocol_options: { headers_with_underscores_action: 'ALLOW' } } : {}),
    request_timeout: envoyDuration(http?.get('requestReceivedTimeout')),
    stream_idle_timeout: envoyDuration(http?.get('streamIdleTimeout')),
    ...routes,
  };
  const place: Origin = { manifest: policy, path: ['spec'], dialect: clientTrafficPolicy };
  return from(place, generatedListener({ listener, manager, filters: filters.map((one) => from(origin, one)) }));
}

const SLASHES: ReadonlyMap<string, string> = new Map([
  ['KeepUnchanged', 'KEEP_UNCHANGED'],
  ['RejectRequest', 'REJECT_REQUEST'],
  ['UnescapeAndForward', 'UNESCAPE_AND_FORWARD'],
  ['UnescapeAndRedirect', 'UNESCAPE_AND_REDIRECT'],
]);

/** Envoy Gateway's own bootstrap has an overload manager; the runtime flags come from an EnvoyProxy. */
function bootstrapOf(proxy: Manifest): object {
  const bootstrap = proxy.node.find('spec', 'bootstrap');
  const layers = (bootstrap?.items('jsonPatches') ?? []).flatMap((patch) => layersIn(patch.get('value')));
  const origin: Origin = {
    manifest: proxy,
    path: bootstrap === undefined ? ['spec'] : ['spec', 'bootstrap'],
    dialect: envoyProxy,
  };
  return {
    layered_runtime: from(origin, { layers: [...layers, ...layersIn(parsed(bootstrap?.get('value')))] }),
    overload_manager: { resource_monitors: [{}] },
  };
}

function layersIn(value: EnvoyNode | undefined): readonly unknown[] {
  if (value === undefined) return [];
  if (value.get('static_layer') !== undefined) return [value.data];
  return (value.get('layered_runtime') ?? value).items('layers').map(({ data }) => data);
}

/** A bootstrap to merge or to replace is a text that contains YAML. */
function parsed(node: EnvoyNode | undefined): EnvoyNode | undefined {
  if (typeof node?.data !== 'string') return node;
  try {
    return new EnvoyNode(parseYaml(node.data).data);
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  }
}
