import type { ApiDefinition, ExecutionMode } from '../definition.ts';
import { readGroupsV2 } from './backends-v2.ts';
import type { ReadContext } from './context.ts';
import { readCors, readEntrypoints } from './entrypoints.ts';
import { tellLogging, tellState } from './features.ts';
import { readFlows } from './flows.ts';
import { readPlans } from './plans.ts';
import { Reader } from './reader.ts';
import { readDictionaries, readProperties, readResponseTemplates } from './values.ts';

export function readV2(api: Reader, plans: Reader, context: ReadContext): ApiDefinition {
  const { report } = context;
  const proxy = api.get('proxy');
  const listed = proxy.get('virtual_hosts', 'virtualHosts');
  const hosts = proxy.items('virtual_hosts', 'virtualHosts');
  // Text instead of a list opens no host.
  const isOdd = listed.isThere && listed.data !== '' && typeof listed.data !== 'object';
  if (isOdd) listed.tell(report, 'lost', 'virtual hosts that are not a list: no request can reach them');
  const name = api.text('name') ?? '';
  const mode = modeOf(api);
  const flows = { ...context, mode };
  const { plans: carried, guards } = readPlans(plans, name, flows);
  const services = api.get('services');
  const groups = readGroupsV2(proxy, services, report);
  const preserveHost = proxy.flag('preserve_host', 'preserveHost') === true;
  tellFeatures(api, proxy, context);
  return {
    version: 'v2',
    mode,
    id: api.text('id'),
    name,
    apiVersion: api.text('version', 'apiVersion'),
    entrypoints: readEntrypoints(hosts.length > 0 || isOdd ? hosts : [contextPath(api, proxy)], report),
    groups: preserveHost ? groups.map(withCallersHost) : groups,
    flowMode: flowModeOf(api.text('flow_mode', 'flowMode')),
    matchRequired: false,
    flows: readFlows(api.items('flows'), 'the API', flows),
    plans: carried,
    guards: [...guards, ...tellState(api, name, report)],
    cors: readCors(proxy.get('cors'), report),
    properties: readProperties(api.get('properties'), report),
    dictionaries: readDictionaries(api.get('dictionaries'), report),
    responseTemplates: readResponseTemplates(api.get('response_templates', 'responseTemplates')),
  };
}

/** The mode has had another name. */
function modeOf(api: Reader): ExecutionMode {
  const mode = (api.text('execution_mode', 'executionMode') ?? 'v3').toLowerCase().replaceAll('_', '-');
  return mode === 'v4-emulation-engine' || mode === 'jupiter' ? 'v4-emulation-engine' : 'v3';
}

export function flowModeOf(mode: string | undefined): ApiDefinition['flowMode'] {
  return mode?.toUpperCase().replaceAll('-', '_') === 'BEST_MATCH' ? 'BEST_MATCH' : 'DEFAULT';
}

/** Older definitions have one path, on the proxy or on the API. */
function contextPath(api: Reader, proxy: Reader): Reader {
  const own = proxy.find('contextPath');
  const { data } = own.isThere ? own : api.find('contextPath');
  return new Reader({ path: data ?? '/' });
}

function withCallersHost(group: ApiDefinition['groups'][number]): ApiDefinition['groups'][number] {
  const endpoints = group.endpoints.map((endpoint) => {
    return { ...endpoint, connection: { ...endpoint.connection, preserveHost: true } };
  });
  return { ...group, endpoints };
}

function tellFeatures(api: Reader, proxy: Reader, { report }: ReadContext): void {
  const strip = proxy.get('strip_context_path', 'stripContextPath');
  if (strip.data === true)
    report.add('told', 'strip_context_path: the context path never reaches the backend', strip.path);
  tellLogging(proxy.get('logging'), report);
  tellLogging(proxy.get('loggingMode'), report);
  for (const part of [api, ...api.get('plans').elements()]) {
    if (part.has('paths'))
      part.get('paths').tell(report, 'told', 'policies under paths, as v1 had them: none of them runs');
  }
  proxy.get('failover').tell(report, 'lost', 'failover: set a retry_policy on the routes');
  for (const [name, service] of api.get('services').entries()) {
    if (name === 'health-check' || name === 'healthCheck' || name === 'discovery') continue;
    const isOn = service.flag('enabled') !== false;
    const rest = /dynamic/i.test(name) ? ' (dynamic properties): properties keep their present values' : '';
    service.tell(report, isOn ? 'lost' : 'told', `service ${name}${rest}${isOn ? '' : ', which is off'}`);
  }
}
