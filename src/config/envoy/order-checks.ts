import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { managerLevels } from './managers.ts';
import { type Neighbour, neighbourOf, neighboursOf } from './neighbours.ts';
import { runsOn } from './routes.ts';
import { guards, nameOf, readsBodies, type UsedRoute } from './used-routes.ts';

/** An order of filters that breaks policies. The effect of each was observed with Envoy 1.40. */
interface OrderRule {
  readonly kinds: readonly string[];
  readonly place: 'before' | 'after';
  readonly severity: 'error' | 'warn';
  readonly applies: (used: UsedRoute, neighbour: Neighbour) => boolean;
  /** Both continue `the filter NAME …`. */
  readonly message: (name: string) => string;
}

const ALWAYS = (): boolean => true;
const changesRequest = ({ policies }: UsedRoute): boolean => {
  return policies.request.some(({ configuration: { mutations } }) => {
    const { set, append, remove, path, body } = mutations;
    return set.length + append.length + remove.length > 0 || path !== undefined || body !== undefined;
  });
};

const RULES: readonly OrderRule[] = [
  {
    kinds: ['cache', 'cache_v2'],
    place: 'before',
    severity: 'error',
    applies: ALWAYS,
    message: (name) =>
      `calls the backend itself and answers from its store, so requests bypass every policy of ${name}: put it after ext_proc`,
  },
  {
    kinds: ['cache', 'cache_v2'],
    place: 'after',
    severity: 'warn',
    applies: changesRequest,
    message: (name) =>
      `stores responses by host and path only, so a caller may get the response to another caller, regardless of what ${name} changed in the request: the backend must send \`vary\` or \`cache-control: private\``,
  },
  {
    kinds: ['decompressor'],
    place: 'after',
    severity: 'error',
    applies: ({ policies }, { config }) => policies.needs.responseBody && decompresses(config, 'response'),
    message: (name) =>
      `hides the end of a compressed response, and ${name}, which reads it, waits until callers give up after 300 s: remove it; the sidecar decodes gzip, deflate, brotli and zstd itself`,
  },
  {
    kinds: [
      'grpc_json_transcoder',
      'grpc_json_reverse_transcoder',
      'grpc_web',
      'grpc_http1_bridge',
      'grpc_http1_reverse_bridge',
      'connect_grpc_bridge',
    ],
    place: 'before',
    severity: 'warn',
    applies: readsBodies,
    message: (name) =>
      `converts bodies before ext_proc: ${name} reads gRPC frames, not the JSON of the caller; put it after ext_proc if policies must read what callers send`,
  },
  {
    kinds: ['aws_request_signing', 'aws_lambda'],
    place: 'before',
    severity: 'error',
    applies: changesRequest,
    message: (name) =>
      `signs the request before ${name} changes it, so the signature becomes invalid: put it after ext_proc`,
  },
  {
    kinds: ['cors'],
    place: 'after',
    severity: 'warn',
    applies: ({ policies }) => guards(policies),
    message: (name) =>
      `comes after ext_proc: ${name} gets preflight requests, which have no credentials, and browsers cannot read its answers; put it before ext_proc`,
  },
  {
    kinds: ['ext_authz', 'jwt_authn', 'oauth2', 'basic_auth', 'api_key_auth', 'csrf'],
    place: 'after',
    severity: 'warn',
    applies: ({ policies }) => policies.request.length > 0,
    message: (name) =>
      `checks callers after ext_proc: functions of ${name} also run for callers that it refuses, and answers with sendToConsumer are never checked; put it before ext_proc`,
  },
];

/**
 * Envoy chooses the filters by the route that a request has when it arrives. If a filter changes the route later, the filters of the new
 * route do not run, wherever in the chain that filter is (tested with Lua before and after ext_proc).
 */
const REROUTING: Readonly<Record<string, (config: EnvoyNode) => boolean>> = {
  ext_authz: (config) => config.flag('clear_route_cache'),
  jwt_authn: (config) =>
    (config.get('providers')?.children() ?? []).some((provider) => provider.flag('clear_route_cache')),
  grpc_json_transcoder: (config) => !config.flag('match_incoming_request_route'),
  lua: (config) => JSON.stringify(config.data).includes('clearRouteCache'),
  ext_proc: (config) => config.text('route_cache_action') === 'CLEAR',
};

export function checkOrder(used: UsedRoute, clusters: ReadonlyMap<string, EnvoyNode>, reporter: Reporter): void {
  const neighbours = neighboursOf(used, clusters);
  for (const { kinds, place, severity, applies, message } of RULES) {
    for (const neighbour of neighbours[place]) {
      if (!kinds.includes(neighbour.kind) || !applies(used, neighbour)) continue;
      reporter[severity](neighbour.node.path, `the filter ${neighbour.kind} ${message(nameOf(used))}`);
    }
  }
}

/** Reports filters that may change the route of a request, in a chain whose ext_proc is disabled on some routes. */
export function checkRerouting(used: readonly UsedRoute[], reporter: Reporter): void {
  for (const one of used.filter(({ policies }) => guards(policies))) {
    const { filter } = one;
    const levels = managerLevels(filter.manager);
    for (const [position, other] of filter.manager.chain.entries()) {
      const neighbour = neighbourOf(other);
      const runs = levels.some((level) => runsOn(other, [level]));
      if (neighbour === undefined || position === filter.position || !runs) continue;
      if (REROUTING[neighbour.kind]?.(neighbour.config) !== true) continue;
      const isBehind = position > filter.position;
      if (!isBehind && !filter.disabled) continue;
      const remedy = isBehind
        ? 'put it before ext_proc'
        : 'remove `disabled: true` from ext_proc, and write `disabled: true` in ExtProcPerRoute on the routes without policies';
      const message = `the filter ${neighbour.kind} may change the route of a request that started on a route without ext_proc, after Envoy has chosen the filters: the request bypasses ${nameOf(one)}; do not change the route there, or ${remedy}`;
      reporter.error(other.node.path, message);
    }
  }
}

/** Both directions are enabled unless they are disabled explicitly. */
function decompresses(config: EnvoyNode, direction: 'request' | 'response'): boolean {
  const enabled = config.find(`${direction}_direction_config`, 'common_config', 'enabled');
  return enabled?.get('default_value')?.data !== false;
}
