import { suggestion } from '../../closest.ts';
import type { ApiPolicies, PolicySet } from '../../policy/index.ts';
import { traitsOf } from '../../trial/index.ts';
import type { CaseDocument } from './case-document.ts';

/** No API, or none of that name. */
export class ApiChoiceError extends Error {
  override readonly name = 'ApiChoiceError';
}

/** By its name, by the traits of a stream, or the only one. Throws ApiChoiceError. */
export function chooseApi(set: PolicySet, { api: name, route, authority, request }: CaseDocument): ApiPolicies {
  const names = [...set.apis.keys()];
  if (name !== undefined && name !== null) {
    const api = set.byName(name);
    if (api !== undefined) return api;
    throw new ApiChoiceError(
      `no API has the name ${JSON.stringify(name)}${suggestion(name, names) || `: there are ${listed(names)}`}`,
    );
  }
  const attributes = new Map(Object.entries(request?.attributes ?? {}));
  const choice = set.choose(traitsOf({ route: route ?? undefined, authority: authority ?? undefined, attributes }));
  if (choice.kind === 'ambiguous') {
    throw new ApiChoiceError(`more than one API matches by \`${choice.means}\`: ${listed(choice.names)}`);
  }
  if (choice.policies !== undefined) return choice.policies;
  const told = [
    ...(authority ? [`${JSON.stringify(authority)} among its authorities`] : []),
    ...(route ? [`${JSON.stringify(route)} among its routes`] : []),
  ];
  if (told.length > 0) throw new ApiChoiceError(`no API has ${told.join(' or ')}, and none is named default`);
  const [only, second] = set.apis.values();
  if (only !== undefined && second === undefined) return only;
  throw new ApiChoiceError(
    names.length === 0 ? 'the document has no APIs' : `which API? --api is one of ${listed(names)}`,
  );
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.slice(0, 20).join(', ') + (names.length > 20 ? ' …' : '');
}
