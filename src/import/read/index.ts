import type { ApiDefinition } from '../definition.ts';
import { ImportError } from '../report.ts';
import type { ReadContext } from './context.ts';
import { Reader } from './reader.ts';
import { tellUnread } from './unread-fields.ts';
import { readV2 } from './v2.ts';
import { readV4 } from './v4.ts';

export { readDocuments, readGroupFile, tellOthers } from './documents.ts';
export type { Reader } from './reader.ts';

/**
 * Reads an export of the management API, a definition as the gateway has it, a Kubernetes resource of the operator, or
 * the form of the Automation API. Throws ImportError for anything else.
 */
export function readDefinition(document: unknown, context: ReadContext): ApiDefinition {
  const root = new Reader(document);
  root.text('kind');
  const resource = root.has('kind') ? root.get('spec') : root;
  const wrapped = resource.get('api').has('name');
  const api = wrapped ? resource.get('api') : resource;
  // The newer export has the plans beside the API.
  const plans = wrapped && resource.has('plans') ? resource.get('plans') : api.get('plans');
  const version = versionOf(root, api, plans);
  if (version === 'v1') {
    throw new ImportError('this is a v1 definition (policies under `paths`): migrate it to v2 or v4 first');
  }
  if (version === undefined || api.text('name') === undefined) {
    throw new ImportError('this is not an API definition: expected an exported v2 or v4 API with its name');
  }
  const definition = version === 'v4' ? readV4(api, plans, context) : readV2(api, plans, context);
  tellUnread(root, context.report);
  return definition;
}

/** A definition without a version is v1, whose policies are under `paths`. */
function versionOf(root: Reader, api: Reader, plans: Reader): 'v1' | 'v2' | 'v4' | undefined {
  const told = api.text('definitionVersion', 'definition_version', 'gravitee') ?? '';
  const isOperators = root.text('kind') !== undefined;
  if ((/^v?1/i.test(told) || (told === '' && !isOperators)) && [api, ...plans.elements()].some(hasPaths)) return 'v1';
  if (/^v?4/i.test(told) || root.text('kind') === 'ApiV4Definition' || api.has('listeners')) return 'v4';
  if (/^v?2/i.test(told) || root.text('kind') === 'ApiDefinition') return 'v2';
  return api.has('proxy') ? 'v2' : undefined;
}

function hasPaths(part: Reader): boolean {
  return part.has('paths') && part.get('paths').entries().length > 0;
}
