import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { managerLevels } from './managers.ts';
import { type Neighbour, neighbourOf, neighboursOf } from './neighbours.ts';
import { runsOn } from './routes.ts';
import { guards, nameOf, readsBodies, type UsedRoute } from './used-routes.ts';

/** An order of filters that breaks policies. What each does was seen with Envoy 1.40. */
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
      `asks the backend by itself and answers from its store, so that every policy of ${name} is passed by: put it after ext_proc`,
  },
  {
    kinds: ['cache', 'cache_v2'],
    place: 'after',
    severity: 'warn',
    applies: changesRequest,
    message: (name) =>
      `stores responses by host and path only, so that a caller gets what the backend answered to another one, whatever ${name} changed in the request: the backend has to send \`vary\` or \`cache-control: private\``,
  },
  {
    kinds: ['decompressor'],
    place: 'after',
    severity: 'error',
    applies: ({ policies }, { config }) => policies.needs.responseBody && decompresses(config, 'response'),
    message: (name) =>
      `hides the end of a compressed response, and ${name}, which reads it, waits until callers give up after 300 s: leave it out, the sidecar decodes gzip, deflate, brotli and zstd itself`,
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
      `makes other bodies of the callers' before ext_proc: ${name} reads what it makes, frames of gRPC and not JSON; put it after ext_proc for policies that read what callers send`,
  },
  {
    kinds: ['aws_request_signing', 'aws_lambda'],
    place: 'before',
    severity: 'error',
    applies: changesRequest,
    message: (name) =>
      `signs the request before ${name} changes it, and the signature does not fit any more: put it after ext_proc`,
  },
  {
    kinds: ['cors'],
    place: 'after',
    severity: 'warn',
    applies: ({ policies }) => guards(policies),
    message: (name) =>
      `comes after ext_proc: ${name} gets preflight requests, which have no credentials, and browsers cannot read its answers; put it before`,
  },
  {
    kinds: ['ext_authz', 'jwt_authn', 'oauth2', 'basic_auth', 'api_key_auth', 'csrf'],
    place: 'after',
    severity: 'warn',
    applies: ({ policies }) => policies.request.length > 0,
    message: (name) =>
      `checks callers after ext_proc: functions of ${name} run for callers that it refuses, and what they answer by sendToConsumer is never checked; put it before`,
  },
];

/**
 * A route's filters are chosen by the route that a request has when it arrives. A filter that changes the route later leads
 * to a route whose own filters do not run, wherever it stands in the chain (tried with Lua before and behind ext_proc).
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

/** Filters that may change the route of a request, in a chain where ours is off on some routes. */
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
        : 'leave `disabled: true` out of ext_proc, and write `disabled: true` in ExtProcPerRoute on the routes without policies';
      const message = `the filter ${neighbour.kind} may change the route of a request that began on a route without ext_proc, when Envoy has chosen the filters already: it goes past ${nameOf(one)}; keep the route there, or ${remedy}`;
      reporter.error(other.node.path, message);
    }
  }
}

/** Both directions are on unless they are switched off. */
function decompresses(config: EnvoyNode, direction: 'request' | 'response'): boolean {
  const enabled = config.find(`${direction}_direction_config`, 'common_config', 'enabled');
  return enabled?.get('default_value')?.data !== false;
}
