import { parseSource } from '../config/index.ts';
import type { ApiDefinition } from './definition.ts';
import { Exported } from './exported.ts';
import { ImportError, type Notes } from './notes.ts';
import { readV2 } from './read-v2.ts';
import { readV4 } from './read-v4.ts';

/**
 * Reads an export of the management API, a definition as the gateway has it, or a Kubernetes resource of the operator.
 * Throws ImportError for what is none of them, SourceError for text that does not parse.
 */
export function readDefinition(text: string, fileName: string, notes: Notes): ApiDefinition {
  const root = new Exported(parseSource(text, fileName).data);
  const resource = root.get('kind').isThere ? root.get('spec') : root;
  const wrapped = resource.get('api').get('name').isThere;
  const api = wrapped ? resource.get('api') : resource;
  // The newer export has the plans beside the API.
  const plans = wrapped && resource.get('plans').isThere ? resource.get('plans') : api.get('plans');
  const version = versionOf(root, api);
  if (version === 'v1') {
    throw new ImportError('this is a v1 definition (policies under `paths`): migrate it to v2 or v4 first');
  }
  if (version === undefined || api.text('name') === undefined) {
    throw new ImportError('this is no API definition: expected an exported v2 or v4 API with its name');
  }
  return version === 'v4' ? readV4(api, plans, notes) : readV2(api, plans, notes);
}

function versionOf(root: Exported, api: Exported): 'v1' | 'v2' | 'v4' | undefined {
  const told = api.text('definitionVersion', 'definition_version', 'gravitee') ?? '';
  if (/^v?4/i.test(told) || root.text('kind') === 'ApiV4Definition' || api.get('listeners').isThere) return 'v4';
  if (/^v?2/i.test(told) || root.text('kind') === 'ApiDefinition') return 'v2';
  if (/^v?1/i.test(told) && api.get('paths').entries().length > 0) return 'v1';
  return api.get('proxy').isThere ? 'v2' : undefined;
}
