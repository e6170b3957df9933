import type { Guard } from '../definition.ts';
import type { Report } from '../report.ts';
import type { Reader } from './reader.ts';

/** Events of the gateway have the state there; exports have what the portal shows. */
const LIFECYCLE_FIELDS = ['lifecycleState', 'lifecycle_state'];

/** What both versions say about an API as a whole. A stopped API admits no callers. */
export function tellState(api: Reader, name: string, report: Report): readonly Guard[] {
  for (const resource of api.items('resources')) {
    const title = resource.text('name') ?? resource.get('ref').text('name') ?? 'without a name';
    const isOn = resource.isEnabled;
    const what = `resource ${title} (${resource.text('type') ?? 'unknown'})${isOn ? '' : ', which is disabled'}`;
    resource.tell(report, isOn ? 'lost' : 'told', what);
  }
  const tags = api.texts('tags');
  if (tags.length > 0) {
    const what = `sharding tags of the API: ${tags.join(', ')}; only gateways with such a tag served it, put Envoy where those are`;
    report.add('lost', what, `${api.path === '' ? '' : `${api.path}.`}tags`);
  }
  const guard = (field: string, value: string): Guard => {
    return { name, what: `the API is stopped (${field} ${value}): the gateway does not serve it`, fields: [field] };
  };
  const off = api.flag('enabled') === false ? [guard(api.get('enabled').path, 'false')] : [];
  const lifecycle = LIFECYCLE_FIELDS.filter((field) => api.says(field, /^(?:STOPPED|ARCHIVED)$/i)).map((field) => {
    const found = api.get(field);
    return guard(found.path, found.word ?? '');
  });
  const found = api.find('state');
  const state = found.word?.toUpperCase();
  found.skip();
  if (state === 'INITIALIZED') report.add('told', 'the API was never started (state INITIALIZED)', found.path);
  const isStopped = state !== undefined && state !== 'STARTED' && state !== 'INITIALIZED';
  return [...off, ...lifecycle, ...(isStopped ? [guard(found.path, state)] : [])];
}

export function tellLogging(logging: Reader, report: Report): void {
  logging.tell(report, 'told', 'logging of requests and their content: use access logs of Envoy');
}
