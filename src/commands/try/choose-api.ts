import { suggestion } from '../../closest.ts';
import type { ApiPolicies, PolicySet } from '../../policy/index.ts';

/** No API, or none of that name. */
export class ApiChoiceError extends Error {
  override readonly name = 'ApiChoiceError';
}

/** By its name, by a route, or the only one there is. Throws ApiChoiceError. */
export function chooseApi(set: PolicySet, name: string | undefined, route: string | undefined): ApiPolicies {
  const names = [...set.apis.keys()];
  if (name !== undefined) {
    const api = set.byName(name);
    if (api !== undefined) return api;
    throw new ApiChoiceError(
      `no API has the name ${JSON.stringify(name)}${suggestion(name, names) || `: there are ${listed(names)}`}`,
    );
  }
  if (route !== undefined) {
    const api = set.byRoute(route) ?? set.fallback;
    if (api !== undefined) return api;
    throw new ApiChoiceError(`no API has ${JSON.stringify(route)} among its routes, and none is called default`);
  }
  const [only, second] = set.apis.values();
  const api = set.fallback ?? (second === undefined ? only : undefined);
  if (api !== undefined) return api;
  throw new ApiChoiceError(
    names.length === 0 ? 'the document has no APIs' : `which API? --api is one of ${listed(names)}`,
  );
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.slice(0, 20).join(', ') + (names.length > 20 ? ' …' : '');
}
