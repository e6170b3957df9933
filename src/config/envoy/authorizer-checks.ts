import { requestAttributes } from '../../envoy-names.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';
import type { Filter } from './filters.ts';
import { authorizes, nameOf, type UsedRoute } from './used-routes.ts';

/** Settings of a route that change the path of a request after all filters have run. */
const REWRITES = ['prefix_rewrite', 'regex_rewrite', 'path_rewrite', 'path_rewrite_policy'];

/** An authorizer decides on the path that Envoy sends to it; the backend must get the same path. */
export function checkAuthorizers({ config }: Filter, used: UsedRoute, reporter: Reporter): void {
  if (!authorizes(used.policies)) return;
  checkSourceAddress(config, used, reporter);
  const action = used.route.node.get('route');
  for (const name of REWRITES) {
    const rewrite = action?.get(name);
    if (rewrite === undefined) continue;
    const message = `changes the path after the authorizer of ${nameOf(used)} has allowed it: policies that name paths refer to the path of the caller; rewrite the path before ext_proc, or write the policies for the caller's path`;
    reporter.warn(rewrite.path, message, 'key');
  }
}

function checkSourceAddress(config: EnvoyNode, used: UsedRoute, reporter: Reporter): void {
  const sources = used.policies.request.flatMap(({ authorizer }) => authorizer?.authorizer.sources ?? []);
  if (!sources.some(({ kind, name }) => kind === 'context' && name === 'identity.sourceIp')) return;
  const sent = config.get('request_attributes')?.data;
  if (Array.isArray(sent) && sent.includes(requestAttributes.sourceAddress)) return;
  const message = `an identity source of ${nameOf(used)} is the caller's address, which the filter does not request from Envoy, so every request is a 401: add \`${requestAttributes.sourceAddress}\` to \`request_attributes\``;
  reporter.error(config.placeOf('request_attributes'), message);
}
