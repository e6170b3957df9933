import type { ApiDefinition, BackendGroup, Flow, Plan } from './definition.ts';
import type { Exported } from './exported.ts';
import { ImportError, type Notes } from './notes.ts';
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

export function readV4(api: Exported, plans: Exported, notes: Notes): ApiDefinition {
  const type = (api.text('type') ?? 'proxy').toUpperCase();
  if (type !== 'PROXY') {
    throw new ImportError(`this is an API of type ${type}: only HTTP proxy APIs have a counterpart behind Envoy`);
  }
  const listeners = api.items('listeners').filter((listener) => (listener.text('type') ?? '').toUpperCase() === 'HTTP');
  if (listeners.length === 0)
    throw new ImportError('this API has no HTTP listener, so that Envoy has nothing to route');
  const execution = api.get('flowExecution', 'flow_execution');
  noteFeatures(api, listeners, notes);
  return {
    version: 'v4',
    id: api.text('id'),
    name: api.text('name') ?? '',
    apiVersion: api.text('apiVersion', 'version'),
    entrypoints: readEntrypoints(listeners.flatMap((listener) => listener.items('paths'))),
    groups: readGroups(api, notes),
    preserveHost: false,
    flowMode: (execution.text('mode') ?? '').toUpperCase() === 'BEST_MATCH' ? 'BEST_MATCH' : 'DEFAULT',
    flows: readFlows(api.items('flows'), 'the API', notes),
    plans: activePlans(plans).map(([name, plan]) => readPlan(name, plan, notes)),
    properties: readProperties(api.get('properties'), notes),
    dictionaries: readDictionaries(api.get('dictionaries'), notes),
    responseTemplates: readResponseTemplates(api.get('responseTemplates', 'response_templates')),
  };
}

function readPlan(name: string, plan: Exported, notes: Notes): Plan {
  const security = plan.get('security').text('type') ?? 'KEY_LESS';
  const result = { name, security, flows: readFlows(plan.items('flows'), `plan ${name}`, notes) };
  notePlanSecurity(result, notes);
  return result;
}

function readFlows(flows: readonly Exported[], owner: string, notes: Notes): readonly Flow[] {
  return flows.flatMap((flow, index) => {
    if (!flow.isEnabled) return [];
    const selectors = new Map(
      flow.items('selectors').map((selector) => [(selector.text('type') ?? '').toUpperCase(), selector]),
    );
    const http = selectors.get('HTTP') ?? flow.get();
    const path = http.text('path');
    const name = flow.text('name') ?? path ?? `flow ${index + 1}`;
    const place = (phase: string): string => `the ${phase} phase of flow ${name} of ${owner}`;
    if (selectors.has('CHANNEL')) notes.add(`flow ${name} of ${owner}, which is for messages`);
    if (selectors.has('CHANNEL') && !selectors.has('HTTP')) return [];
    return [
      {
        name,
        selector: readSelector(path, http.text('pathOperator', 'path-operator')?.toUpperCase(), http.get('methods')),
        condition: selectors.get('CONDITION')?.text('condition') ?? flow.text('condition'),
        request: readSteps(flow.items('request'), place('request'), notes),
        response: readSteps(flow.items('response'), place('response'), notes),
      },
    ];
  });
}

function readGroups(api: Exported, notes: Notes): readonly BackendGroup[] {
  return api.items('endpointGroups', 'endpoint_groups').map((group, index) => {
    const http = group.get('sharedConfiguration').get('http');
    return {
      name: group.text('name') ?? `group ${index + 1}`,
      loadBalancing: (group.get('loadBalancer').text('type') ?? 'ROUND_ROBIN').toUpperCase().replaceAll('-', '_'),
      connectTimeoutMs: http.number('connectTimeout'),
      readTimeoutMs: http.number('readTimeout'),
      endpoints: readBackends(
        group.items('endpoints'),
        (endpoint) => endpoint.get('configuration').text('target'),
        notes,
      ),
    };
  });
}

function noteFeatures(api: Exported, listeners: readonly Exported[], notes: Notes): void {
  if (listeners.some((listener) => listener.get('cors').flag('enabled'))) {
    notes.add("CORS: put Envoy's filter envoy.filters.http.cors before ext_proc");
  }
  for (const resource of api.items('resources')) {
    notes.add(`resource ${resource.text('name') ?? 'without a name'} (${resource.text('type') ?? 'unknown'})`);
  }
  if (api.get('failover').flag('enabled')) notes.add('failover: set a retry_policy on the routes');
  if (api.get('flowExecution').flag('matchRequired')) {
    notes.add('that a request which matches no flow is a 404: it passes to the backend');
  }
}
