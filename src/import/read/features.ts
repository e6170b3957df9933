import type { Guard } from '../definition.ts';
import type { Report } from '../report.ts';
import type { Reader } from './reader.ts';

/** What both versions say of an API as a whole. A stopped API lets nobody in. */
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
  const state = api.text('state')?.toUpperCase();
  if (state === undefined || state === 'STARTED') return [];
  const field = api.get('state').path;
  if (state === 'INITIALIZED') {
    report.add('told', 'the API was never started (state INITIALIZED)', field);
    return [];
  }
  return [{ name, what: `the API is stopped (state ${state}): the gateway does not serve it`, fields: [field] }];
}

export function tellLogging(logging: Reader, report: Report): void {
  logging.tell(report, 'told', 'logging of requests and their content: use access logs of Envoy');
}
