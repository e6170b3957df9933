import type { ApiDefinition } from '../definition.ts';
import { ImportError } from '../report.ts';
import { readGroupsV4 } from './backends-v4.ts';
import type { ReadContext } from './context.ts';
import { readCors, readEntrypoints } from './entrypoints.ts';
import { tellLogging, tellState } from './features.ts';
import { readFlows } from './flows.ts';
import { readPlans } from './plans.ts';
import type { Reader } from './reader.ts';
import { flowModeOf } from './v2.ts';
import { readDictionaries, readProperties, readResponseTemplates } from './values.ts';

export function readV4(api: Reader, plans: Reader, context: ReadContext): ApiDefinition {
  const { report } = context;
  const type = (api.text('type') ?? 'proxy').toUpperCase();
  if (type !== 'PROXY') {
    throw new ImportError(`this is an API of type ${type}: only HTTP proxy APIs have a counterpart behind Envoy`);
  }
  const listeners = httpListeners(api, context);
  if (listeners.length === 0) {
    throw new ImportError('this API has no HTTP listener, so that Envoy has nothing to route');
  }
  const name = api.text('name') ?? '';
  const flows = { ...context, mode: 'v4' as const };
  const execution = api.get('flowExecution', 'flow_execution');
  const { plans: carried, guards } = readPlans(plans, name, flows);
  tellFeatures(api, listeners, context);
  const cors = listeners.map((listener) => readCors(listener.get('cors'), report));
  return {
    version: 'v4',
    mode: 'v4',
    id: api.text('id'),
    name,
    apiVersion: api.text('apiVersion', 'version'),
    entrypoints: readEntrypoints(
      listeners.flatMap((listener) => listener.items('paths')),
      report,
    ),
    groups: readGroupsV4(api, report),
    flowMode: flowModeOf(execution.text('mode')),
    matchRequired: execution.flag('matchRequired', 'match_required') === true,
    flows: readFlows(api.items('flows'), 'the API', flows),
    plans: carried,
    guards: [...guards, ...tellState(api, name, report)],
    cors: cors.find((rules) => rules !== undefined),
    properties: readProperties(api.get('properties'), report),
    dictionaries: readDictionaries(api.get('dictionaries'), report),
    responseTemplates: readResponseTemplates(api.get('responseTemplates', 'response_templates')),
  };
}

function httpListeners(api: Reader, { report }: ReadContext): readonly Reader[] {
  return api.items('listeners').filter((listener) => {
    const type = (listener.text('type') ?? '').toUpperCase();
    if (type === 'HTTP') return true;
    listener.tell(report, 'lost', `the listener of type ${type || 'unknown'}`);
    return false;
  });
}

function tellFeatures(api: Reader, listeners: readonly Reader[], { report }: ReadContext): void {
  for (const listener of listeners) {
    for (const entrypoint of listener.items('entrypoints')) {
      const type = entrypoint.text('type') ?? 'unknown';
      if (type === 'http-proxy') continue;
      entrypoint.tell(report, 'lost', `the entrypoint ${type}: Envoy serves HTTP only`);
    }
    const validation = listener.get('requestValidation');
    validation.tell(report, 'told', 'requestValidation: Envoy refuses null bytes in any case');
    const servers = listener.texts('servers');
    if (servers.length > 0) {
      const what = `the servers ${servers.join(', ')} of the gateway that listened: Envoy's listener is for all`;
      report.add('changed', what, `${listener.path}.servers`);
    }
  }
  const analytics = api.get('analytics');
  tellLogging(analytics.get('logging'), report);
  analytics.tell(report, 'told', 'analytics: use access logs, statistics and tracing of Envoy');
  const failover = api.get('failover');
  const isOn = failover.flag('enabled') === true;
  failover.tell(
    report,
    isOn ? 'lost' : 'told',
    isOn ? 'failover: set a retry_policy on the routes' : 'failover, which is off',
  );
  for (const [name, service] of api.get('services').entries()) {
    const enabled = service.flag('enabled') !== false;
    const rest = /dynamic/i.test(name) ? ' (dynamic properties): properties keep their present values' : '';
    service.tell(report, enabled ? 'lost' : 'told', `service ${name}${rest}${enabled ? '' : ', which is off'}`);
  }
}
