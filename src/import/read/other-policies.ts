/**
 * Policies of the gateway that are not imported. Routes are closed if one of them restricted callers, so
 * an unknown policy counts as one that did.
 */

/** Restricts callers or content: what may replace it in Envoy. */
const GUARDS: ReadonlyMap<string, string> = new Map([
  ['rate-limit', 'envoy.filters.http.local_ratelimit or envoy.filters.http.ratelimit'],
  ['quota', 'envoy.filters.http.ratelimit with a service that counts over days'],
  ['spike-arrest', 'envoy.filters.http.local_ratelimit'],
  ['ip-filtering', 'envoy.filters.http.rbac with remote_ip'],
  ['geoip-filtering', 'envoy.filters.http.geoip and envoy.filters.http.rbac'],
  ['resource-filtering', 'envoy.filters.http.rbac with url_path and methods'],
  ['api-key', 'envoy.filters.http.api_key_auth'],
  ['jwt', 'envoy.filters.http.jwt_authn'],
  ['oauth2', 'envoy.filters.http.jwt_authn or envoy.filters.http.ext_authz'],
  ['openid-userinfo', 'envoy.filters.http.ext_authz'],
  ['basic-authentication', 'envoy.filters.http.basic_auth'],
  ['role-based-access-control', 'envoy.filters.http.rbac'],
  ['rbac', 'envoy.filters.http.rbac'],
  ['mtls', 'a DownstreamTlsContext with require_client_certificate'],
  ['ssl-enforcement', 'require_tls of the virtual host, or a DownstreamTlsContext'],
  ['request-content-limit', 'envoy.filters.http.buffer with max_request_bytes'],
  ['interrupt', 'direct_response of a route'],
  ['mock', 'direct_response of a route: without it the backend answers'],
]);

/** Changes messages or data about them, and stops no caller. */
const TRANSFORMERS: ReadonlyMap<string, string> = new Map([
  ['transform-headers', 'request_headers_to_add and similar fields of the route, or mutations of a Lambda step'],
  [
    'transform-queryparams',
    'regex_rewrite of the route does not reach the query: a Lambda step with mutations.path does',
  ],
  ['assign-attributes', 'variables of a Lambda step'],
  ['assign-content', 'mutations.body of a Lambda step'],
  ['dynamic-routing', 'routes of Envoy'],
  ['url-rewriting', 'mutations.body of a Lambda step in the response phase'],
  ['override-http-method', 'a header mutation of :method, which mutation_rules have to allow'],
  ['cache', 'envoy.filters.http.cache'],
  ['retry', 'retry_policy of the route'],
  ['circuit-breaker', 'circuit_breakers and outlier_detection of the cluster'],
  ['latency', 'envoy.filters.http.fault'],
  ['traffic-shadowing', 'request_mirror_policies of the route'],
  ['generate-jwt', 'a Lambda step'],
  ['generate-http-signature', 'a Lambda step'],
  ['metrics-reporter', 'access logs and statistics of Envoy'],
  ['log', 'access logs of Envoy'],
  ['json-to-json', 'a Lambda step'],
  ['json-xml', 'a Lambda step'],
  ['xml-json', 'a Lambda step'],
  ['html-json', 'a Lambda step'],
  ['xslt', 'a Lambda step'],
  ['avro-json', 'a Lambda step'],
  ['protobuf-json', 'a Lambda step'],
]);

export interface OtherPolicy {
  readonly guards: boolean;
  readonly instead: string;
}

/** `policy` as the definition names it, with or without `policy-` and `gravitee-` around it. */
export function otherPolicy(policy: string): OtherPolicy {
  const name = policy.toLowerCase().replace(/^(?:gravitee-)?policy-/, '');
  const transformer = TRANSFORMERS.get(name);
  if (transformer !== undefined) return { guards: false, instead: transformer };
  const guard = GUARDS.get(name);
  return { guards: true, instead: guard ?? 'a filter of Envoy or a Lambda step that does the same' };
}
