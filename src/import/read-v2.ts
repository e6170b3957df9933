import type { ApiDefinition, BackendGroup, Flow, Plan } from './definition.ts';
import { Exported } from './exported.ts';
import type { Notes } from './notes.ts';
import { readBackends } from './read-backends.ts';
import {
  activePlans,
  notePlanSecurity,
  readDictionaries,
  readEntrypoints,
  readProperties,
  readResponseTemplates,
  readSelector,
  readSteps,
} from './read-parts.ts';

export function readV2(api: Exported, plans: Exported, notes: Notes): ApiDefinition {
  const proxy = api.get('proxy');
  const hosts = proxy.items('virtual_hosts', 'virtualHosts');
  const mode = api.text('flow_mode', 'flowMode');
  noteFeatures(api, proxy, notes);
  return {
    version: 'v2',
    id: api.text('id'),
    name: api.text('name') ?? '',
    apiVersion: api.text('version', 'apiVersion'),
    entrypoints: readEntrypoints(hosts.length > 0 ? hosts : [contextPath(api, proxy)]),
    groups: readGroups(proxy, notes),
    preserveHost: proxy.get('preserve_host', 'preserveHost').data === true,
    flowMode: mode === 'BEST_MATCH' ? 'BEST_MATCH' : 'DEFAULT',
    flows: readFlows(api.items('flows'), 'the API', notes),
    plans: activePlans(plans).map(([name, plan]) => readPlan(name, plan, notes)),
    properties: readProperties(api.get('properties'), notes),
    dictionaries: readDictionaries(api.get('dictionaries'), notes),
    responseTemplates: readResponseTemplates(api.get('response_templates', 'responseTemplates')),
  };
}

/** Older definitions have one path, on the proxy or on the API. */
function contextPath(api: Exported, proxy: Exported): Exported {
  const path = proxy.text('context_path', 'contextPath') ?? api.text('context_path', 'contextPath');
  return new Exported({ path: path ?? '/' });
}

function readPlan(name: string, plan: Exported, notes: Notes): Plan {
  const security = plan.text('security') ?? 'KEY_LESS';
  const result = { name, security, flows: readFlows(plan.items('flows'), `plan ${name}`, notes) };
  notePlanSecurity(result, notes);
  return result;
}

function readFlows(flows: readonly Exported[], owner: string, notes: Notes): readonly Flow[] {
  return flows.flatMap((flow, index) => {
    if (!flow.isEnabled) return [];
    const operator = flow.get('path-operator', 'pathOperator');
    const path = operator.text('path') ?? flow.text('path');
    const name = flow.text('name') ?? path ?? `flow ${index + 1}`;
    const place = (phase: string): string => `the ${phase} phase of flow ${name} of ${owner}`;
    if (flow.items('consumers').length > 0) notes.add(`the consumers of flow ${name} of ${owner}: it runs for all`);
    return [
      {
        name,
        selector: readSelector(path, operator.text('operator') ?? flow.text('operator'), flow.get('methods')),
        condition: flow.text('condition'),
        request: readSteps(flow.items('pre'), place('request'), notes),
        response: readSteps(flow.items('post'), place('response'), notes),
      },
    ];
  });
}

function readGroups(proxy: Exported, notes: Notes): readonly BackendGroup[] {
  const groups = proxy.items('groups');
  const bare = groups.length === 0 && proxy.get('endpoints').isThere ? [proxy] : groups;
  return bare.map((group, index) => {
    const http = group.get('http');
    return {
      name: group.text('name') ?? `group ${index + 1}`,
      loadBalancing: group.get('load_balancing', 'loadBalancing').text('type') ?? 'ROUND_ROBIN',
      connectTimeoutMs: http.number('connectTimeout'),
      readTimeoutMs: http.number('readTimeout'),
      endpoints: readBackends(group.items('endpoints'), (endpoint) => endpoint.text('target'), notes),
    };
  });
}

function noteFeatures(api: Exported, proxy: Exported, notes: Notes): void {
  if (proxy.get('cors').flag('enabled')) notes.add("CORS: put Envoy's filter envoy.filters.http.cors before ext_proc");
  for (const resource of api.items('resources')) {
    notes.add(`resource ${resource.text('name') ?? 'without a name'} (${resource.text('type') ?? 'unknown'})`);
  }
  if (proxy.get('failover').isThere) notes.add('failover: set a retry_policy on the routes');
  for (const [name, service] of api.get('services').entries()) {
    if (service.isEnabled) notes.add(`service ${name}`);
  }
}
