import { cookieKey, METADATA_NAMESPACE } from '../../envoy-names.ts';
import type { DocumentPath } from '../problem.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { neighboursOf } from './neighbours.ts';
import { perRouteConfig } from './routes.ts';
import type { UsedRoute } from './used-routes.ts';

/** The header value that adds the cookie with this number. */
export function cookieEntry(number: number): string {
  return `%DYNAMIC_METADATA(${METADATA_NAMESPACE}:${cookieKey(number)})%`;
}

/** Which cookies of a streamed answer filters before ext_proc add on a route: 2 to `last`; the first is sent as a header. */
export function cookieEntries(used: UsedRoute): { readonly last: number; readonly place: DocumentPath } {
  const { filter, route } = used;
  const filters = neighboursOf(used, new Map()).before.filter(({ kind }) => kind === 'header_mutation');
  const found = new Set<number>();
  for (const { config, node } of filters) {
    const overrides = route.levels.flatMap((level) => perRouteConfig(level, node.text('name') ?? '') ?? []);
    for (const holder of [config, ...overrides]) {
      for (const mutation of holder.get('mutations')?.items('response_mutations') ?? []) {
        const number = cookieOf(mutation);
        if (number !== undefined) found.add(number);
      }
    }
  }
  let last = 1;
  while (found.has(last + 1)) last++;
  return { last, place: filters[0]?.node.path ?? filter.node.path };
}

/** The number of the cookie that a mutation appends to the existing ones. */
function cookieOf(mutation: EnvoyNode): number | undefined {
  const append = mutation.get('append');
  const header = append?.get('header');
  const action = append?.text('append_action') ?? 'APPEND_IF_EXISTS_OR_ADD';
  if (header?.text('key')?.toLowerCase() !== 'set-cookie' || action !== 'APPEND_IF_EXISTS_OR_ADD') return undefined;
  const value = header.text('value') ?? '';
  const number = Number(/(\d{1,9})\)%$/.exec(value)?.[1]);
  return value === cookieEntry(number) ? number : undefined;
}
