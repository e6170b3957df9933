import {
  cors,
  flowV4,
  headerList,
  http,
  management,
  properties,
  proxy,
  resources,
  responseTemplates,
  type Sample,
  ssl,
} from './parts.ts';

const service: Sample = {
  enabled: true,
  type: 'http-health-check',
  overrideConfiguration: true,
  configuration: {
    schedule: '*/9 * * * * *',
    method: 'POST',
    target: '/health',
    overrideEndpointPath: false,
    headers: headerList,
    body: 'text',
    assertion: '{#response.status == 204}',
    successThreshold: 3,
    failureThreshold: 4,
  },
};
const other: Sample = { enabled: true, type: 'other', overrideConfiguration: true, configuration: { a: 1 } };
const shared: Sample = { http, ssl, proxy, headers: headerList };

const group: Sample = {
  name: 'renamed group',
  type: 'kafka',
  loadBalancer: { type: 'WEIGHTED_RANDOM' },
  sharedConfiguration: shared,
  services: { discovery: other, healthCheck: service },
  endpoints: [
    {
      name: 'renamed',
      type: 'kafka',
      weight: 5,
      secondary: true,
      tenants: ['eu'],
      inheritConfiguration: false,
      configuration: { target: 'http://127.0.0.1:9/other', fieldOfTomorrow: 1 },
      sharedConfigurationOverride: shared,
      services: { healthCheck: service },
    },
  ],
};

const plan: Sample = {
  id: 'i',
  hrid: 'h',
  crossId: 'x',
  apiId: 'a',
  apiProductId: 'a',
  name: 'renamed plan',
  description: 'd',
  definitionVersion: 'V4',
  security: { type: 'JWT', configuration: { a: 1 } },
  selectionRule: "{#request.headers['x'] != null}",
  status: 'CLOSED',
  tags: ['plan-tag'],
  type: 'API',
  mode: 'PUSH',
  validation: 'AUTO',
  characteristics: ['c'],
  comment_required: true,
  commentRequired: true,
  commentMessage: 'm',
  excludedGroups: ['g'],
  generalConditions: 'g',
  generalConditionsHrid: 'g',
  order: 3,
  createdAt: '1',
  updatedAt: '1',
  publishedAt: '1',
  closedAt: '1',
  bootstrapPort: 1,
  brokerRangeStart: 1,
  brokerRangeEnd: 1,
  flows: [flowV4],
};

const api: Sample = {
  ...management,
  apiVersion: '2',
  definitionVersion: 'V4',
  type: 'PROXY',
  state: 'STOPPED',
  lifecycleState: 'DEPRECATED',
  workflowState: 'DRAFT',
  deploymentState: 'DEPLOYED',
  originContext: { origin: 'o', mode: 'm', syncFrom: 's', integrationId: 'i', provider: 'p', integrationName: 'n' },
  definitionContext: { origin: 'o', mode: 'm', syncFrom: 's' },
  disableMembershipNotifications: true,
  _links: { pictureUrl: 'p', backgroundUrl: 'b' },
  tags: ['api-tag'],
  listeners: [
    {
      type: 'HTTP',
      host: 'h',
      hosts: ['h'],
      port: 1,
      servers: ['s'],
      pathMappings: ['/m'],
      paths: [{ host: 'a.example', path: '/other', overrideAccess: true }],
      entrypoints: [{ type: 'mcp', qos: 'AUTO', dlq: { endpoint: 'e' }, configuration: { a: 1 } }],
      cors,
      requestValidation: { rejectNullByte: true },
    },
  ],
  endpointGroups: [group],
  analytics: {
    enabled: true,
    reporterMetricsEnabled: true,
    otelLogs: { enabled: true },
    sampling: { type: 'COUNT', value: '1' },
    logging: {
      condition: 'c',
      messageCondition: 'm',
      content: { headers: true, messageHeaders: true, payload: true, messagePayload: true, messageMetadata: true },
      phase: { request: true, response: true },
      mode: { endpoint: true, entrypoint: true },
    },
    tracing: {
      enabled: true,
      verbose: true,
      redaction: {
        defaultReplacement: 'r',
        rules: [
          {
            attributeNamePattern: 'a',
            valuePattern: 'v',
            maskingStrategy: { type: 'FULL', replacement: 'r', prefixLength: 1, suffixLength: 1 },
          },
        ],
      },
    },
  },
  failover: {
    enabled: true,
    maxRetries: 1,
    slowCallDuration: 1,
    openStateDuration: 1,
    maxFailures: 1,
    perSubscription: true,
    failureCondition: 'c',
    forceNextEndpointOnFailure: true,
  },
  flowExecution: { mode: 'BEST_MATCH', matchRequired: true },
  flows: [flowV4],
  properties,
  resources,
  responseTemplates,
  services: { dynamicProperty: other },
};

/** The export of the management API: plans and what is for the portal stand beside the API. */
export const v4Export: Sample = {
  export: { date: 'd', apimVersion: 'v' },
  api,
  plans: [plan],
  members: [{ id: 'm' }],
  metadata: [{ key: 'k' }],
  pages: [{ id: 'p' }],
  apiPicture: 'p',
  apiBackground: 'b',
  apiMedia: [{ id: 'i', hash: 'h', type: 't', subType: 's', fileName: 'f', size: 1, data: 'd', createdAt: 'c' }],
};

/** The resource ApiV4Definition. */
export const v4Resource: Sample = {
  apiVersion: 'gravitee.io/v1alpha1',
  kind: 'ApiV4Definition',
  metadata: { name: 'n', namespace: 's', labels: { a: 'b' } },
  status: { state: 's' },
  spec: {
    ...api,
    version: '2',
    endpointGroups: [{ ...group, http, ssl, headers: { 'x-added': 'v' } }],
    plans: { KEY: plan },
  },
};

/** The form of the Automation API: plans are a list in the API, which has no wrapper. */
export const automation: Sample = { ...api, version: '2', plans: [plan] };
