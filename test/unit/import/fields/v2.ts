import {
  cors,
  flowV2,
  headerList,
  http,
  management,
  properties,
  proxy,
  resources,
  responseTemplates,
  type Sample,
  scheduledCheck,
  ssl,
} from './parts.ts';

const discovery: Sample = {
  name: 'd',
  enabled: true,
  provider: 'consul',
  secondary: true,
  tenants: ['t'],
  configuration: { url: 'u' },
};
const dynamicProperty: Sample = {
  name: 'd',
  enabled: true,
  provider: 'HTTP',
  schedule: '* * * * * *',
  configuration: {
    provider: 'HTTP',
    url: 'u',
    specification: 's',
    method: 'GET',
    headers: headerList,
    body: 'b',
    useSystemProxy: true,
  },
};
const services: Sample = {
  discovery,
  'dynamic-property': dynamicProperty,
  'health-check': scheduledCheck('h'),
};

const endpoint: Sample = {
  name: 'renamed',
  target: 'http://127.0.0.1:9/other',
  weight: 5,
  backup: true,
  type: 'grpc',
  tenants: ['eu'],
  tenant: 'us',
  status: 'UP',
  inherit: false,
  hostHeader: 'h.example',
  headers: headerList,
  http,
  ssl,
  proxy,
  healthcheck: { ...scheduledCheck('own'), inherit: false },
};

const plan: Sample = {
  id: 'i',
  crossId: 'x',
  api: 'a',
  name: 'renamed plan',
  description: 'd',
  security: 'API_KEY',
  securityDefinition: '{"a":1}',
  selection_rule: "{#request.headers['x'] != null}",
  selectionRule: "{#request.headers['x'] != null}",
  status: 'CLOSED',
  tags: ['plan-tag'],
  type: 'API',
  validation: 'AUTO',
  characteristics: ['c'],
  comment_required: true,
  excluded_groups: ['g'],
  order: 3,
  paths: {
    '/': [{ description: 'd', enabled: true, methods: ['GET'], policy: { name: 'n', configuration: { a: 1 } } }],
  },
  flows: [flowV2],
};

/** The resource ApiDefinition, which is also what the gateway has and what the console exports. */
export const v2: Sample = {
  ...management,
  version: '2',
  gravitee: '2.0.0',
  execution_mode: 'v4-emulation-engine',
  flow_mode: 'BEST_MATCH',
  state: 'STOPPED',
  lifecycle_state: 'DEPRECATED',
  definition_context: { mode: 'm', origin: 'o', syncFrom: 's' },
  path_mappings: ['/m'],
  tags: ['api-tag'],
  properties,
  resources,
  response_templates: responseTemplates,
  services,
  flows: [flowV2],
  plans: [plan],
  proxy: {
    virtual_hosts: [{ host: 'a.example', path: '/other', override_entrypoint: true }],
    strip_context_path: true,
    preserve_host: true,
    servers: ['s'],
    cors,
    failover: { cases: ['TIMEOUT'], maxAttempts: 2, retryTimeout: 3 },
    logging: { condition: 'c', content: 'HEADERS', mode: 'CLIENT', scope: 'REQUEST' },
    groups: [
      {
        name: 'renamed group',
        load_balancing: { type: 'RANDOM' },
        http,
        ssl,
        proxy,
        headers: { 'x-added': 'v' },
        services,
        endpoints: [endpoint],
      },
    ],
  },
};

const { 'path-operator': pathOperator, ...flow } = flowV2;
const camelFlow = { ...flow, pathOperator };
const camelServices = { dynamicProperty, healthCheck: scheduledCheck('h'), discovery };
const { http: _http, ssl: _ssl, proxy: _proxy, healthcheck, ...plainEndpoint } = endpoint;
const camelOptions = { httpClientOptions: http, httpClientSslOptions: ssl, httpProxy: proxy };

/** The management API's own form of v2, in camel case. */
export const v2Management: Sample = {
  ...management,
  apiVersion: '2',
  definitionVersion: 'V2',
  executionMode: 'V4_EMULATION_ENGINE',
  flowMode: 'BEST_MATCH',
  state: 'STOPPED',
  lifecycleState: 'DEPRECATED',
  workflowState: 'DRAFT',
  environmentId: 'e',
  contextPath: '/c',
  pathMappings: ['/m'],
  entrypoints: [{ target: 't', host: 'h', tags: ['t'] }],
  tags: ['api-tag'],
  properties,
  resources,
  responseTemplates,
  services: camelServices,
  flows: [camelFlow],
  plans: [{ ...plan, commentRequired: true, excludedGroups: ['g'], generalConditions: 'g', flows: [camelFlow] }],
  proxy: {
    virtualHosts: [{ host: 'a.example', path: '/other', overrideEntrypoint: true }],
    stripContextPath: true,
    preserveHost: true,
    servers: ['s'],
    cors,
    requestValidation: { rejectNullByte: true },
    failover: { cases: ['TIMEOUT'], maxAttempts: 2, retryTimeout: 3 },
    logging: { condition: 'c', content: 'HEADERS', mode: 'CLIENT', scope: 'REQUEST' },
    groups: [
      {
        name: 'renamed group',
        loadBalancer: { type: 'RANDOM' },
        ...camelOptions,
        headers: headerList,
        services: camelServices,
        endpoints: [{ ...plainEndpoint, ...camelOptions, healthCheck: healthcheck }],
      },
    ],
  },
};
