/**
 * Every field that a definition can have, each with a value that is not the base's: read from
 * gravitee-kubernetes-operator (custom resources ApiDefinition, ApiV4Definition and SharedPolicyGroup, August 2026) and
 * gravitee-api-management 4.13.0 (the OpenAPI documents of the management API v2 and of the Automation API, the schemas
 * of the plugins http-proxy and http-health-check, the deserializers of v2), written down again here.
 */

export type Sample = Readonly<Record<string, unknown>>;

const lambdaConfiguration: Sample = {
  scope: 'REQUEST_CONTENT',
  region: 'eu-west-3',
  accessKey: 'AK2',
  secretKey: 'SK2',
  function: 'other',
  payload: '{"other": true}',
  invocationType: 'Event',
  qualifier: 'live',
  logType: 'Tail',
  roleArn: 'arn:aws:iam::123456789012:role/other',
  roleSessionName: 'other',
  variables: [{ name: 'other', value: 'value' }],
  sendToConsumer: true,
  connectionTimeoutMs: 1234,
  readTimeoutMs: 2345,
  apiCallAttemptTimeoutMs: 3456,
  apiCallTimeoutMs: 4567,
  endpoint: 'http://127.0.0.1:4566',
  ssl: { trustAll: true, trustStoreType: 'PEM', trustStorePath: '/p', trustStorePassword: 'x', trustStoreContent: 'c' },
  fieldOfTomorrow: 1,
};

const step: Sample = {
  name: 'Renamed',
  description: 'a description',
  enabled: false,
  policy: 'rate-limit',
  condition: "{#request.headers['x-step'] != null}",
  messageCondition: '{#message.content != null}',
  configuration: lambdaConfiguration,
};

const otherPhase = [
  {
    name: 'a',
    description: 'b',
    enabled: true,
    policy: 'c',
    configuration: { d: 1 },
    condition: 'e',
    messageCondition: 'm',
    sharedPolicyGroupRef: { kind: 'k', name: 'spg', namespace: 'ns' },
  },
];

const stepV4: Sample = { ...step, sharedPolicyGroupRef: { kind: 'k', name: 'spg', namespace: 'ns' } };

export const flowV4: Sample = {
  id: 'flow-id',
  name: 'renamed flow',
  enabled: false,
  selectors: [
    { type: 'HTTP', path: '/other', pathOperator: 'EQUALS', methods: ['GET'] },
    { type: 'CONDITION', condition: "{#request.headers['x-flow'] != null}" },
    { type: 'CHANNEL', channel: 'c', channelOperator: 'EQUALS', operations: ['PUBLISH'], entrypoints: ['e'] },
    { type: 'MCP', methods: ['m'] },
  ],
  request: [stepV4],
  response: [stepV4],
  publish: otherPhase,
  subscribe: otherPhase,
  connect: otherPhase,
  interact: otherPhase,
  entrypointConnect: otherPhase,
  tags: ['flow-tag'],
};

export const flowV2: Sample = {
  id: 'flow-id',
  name: 'renamed flow',
  enabled: false,
  stage: 'API',
  condition: "{#request.headers['x-flow'] != null}",
  consumers: [{ consumerId: 'c', consumerType: 'TAG' }],
  methods: ['GET'],
  'path-operator': { path: '/other', operator: 'EQUALS' },
  pre: [step],
  post: [{ ...step, configuration: { ...lambdaConfiguration, scope: 'RESPONSE_CONTENT' } }],
};

export const http: Sample = {
  connectTimeout: 1111,
  readTimeout: 2222,
  idleTimeout: 3333,
  keepAliveTimeout: 4444,
  keepAlive: false,
  pipelining: true,
  maxConcurrentConnections: 55,
  maxConnectionLifetime: 6666,
  maxWaitQueueSize: 77,
  useCompression: true,
  propagateClientAcceptEncoding: true,
  propagateClientHost: true,
  followRedirects: true,
  clearTextUpgrade: true,
  version: 'HTTP_2',
  maxHeaderSize: 8888,
  maxChunkSize: 9999,
  http2MultiplexingLimit: 10,
  http2ConnectionWindowSize: 100_000,
  http2StreamWindowSize: 100_001,
  http2MaxFrameSize: 20_000,
};

const store: Sample = { type: 'PKCS12', path: '/p', content: 'c', password: 'x' };

export const ssl: Sample = {
  trustAll: true,
  hostnameVerifier: false,
  headers: [{ name: 'x-tls', value: 'v' }],
  trustStore: store,
  keyStore: { ...store, keyPath: '/k', keyContent: 'k', certPath: '/c', certContent: 'c' },
};

export const proxy: Sample = {
  enabled: true,
  useSystemProxy: true,
  type: 'HTTP',
  host: 'proxy',
  port: 3128,
  username: 'u',
  password: 'p',
};

export const headerList = [{ name: 'x-added', value: 'v' }];

export const cors: Sample = {
  enabled: true,
  allowCredentials: true,
  allowHeaders: ['x-h'],
  allowMethods: ['PUT'],
  allowOrigin: ['https://a.example'],
  exposeHeaders: ['x-e'],
  maxAge: 12,
  runPolicies: true,
  allowPrivateNetwork: true,
};

const template: Sample = {
  status: 599,
  statusCode: 598,
  body: 'text',
  headers: { 'x-t': 'v' },
  propagateErrorKeyToLogs: true,
};

export const responseTemplates: Sample = { AWS_LAMBDA_INVALID_RESPONSE: { '*/*': template } };
export const properties = [{ key: 'p', value: 'v', dynamic: true, encrypted: true, encryptable: true }];
export const resources = [
  { name: 'r', type: 'cache', enabled: true, configuration: { a: 1 }, ref: { kind: 'k', name: 'n', namespace: 's' } },
];

const reference: Sample = { kind: 'k', name: 'n', namespace: 's' };
const page: Sample = {
  accessControls: [{ referenceId: 'r', referenceType: 'GROUP' }],
  api: 'a',
  configuration: { c: 'd' },
  content: 'text',
  crossId: 'x',
  excludedAccessControls: true,
  homepage: true,
  hrid: 'h',
  id: 'i',
  name: 'n',
  order: 1,
  parent: 'p',
  parentHrid: 'ph',
  parentId: 'pi',
  published: true,
  source: { type: 't', configuration: { a: 1 } },
  type: 'MARKDOWN',
  visibility: 'PUBLIC',
};

/** What the portal, the console and the operator know of an API. */
export const management: Sample = {
  id: 'the-id',
  hrid: 'human',
  crossId: 'cross',
  name: 'renamed',
  description: 'described',
  visibility: 'PRIVATE',
  labels: ['l'],
  categories: ['c'],
  groups: ['g'],
  groupRefs: [reference],
  members: [{ role: 'OWNER', source: 's', sourceId: 'i' }],
  metadata: [{ key: 'k', name: 'n', format: 'STRING', value: 'v', defaultValue: 'd' }],
  pages: { first: page },
  primaryOwner: { id: 'i', email: 'e', displayName: 'd', type: 'USER' },
  notificationsRefs: [reference],
  notifyMembers: true,
  contextRef: reference,
  deployedAt: 12,
  createdAt: '2026',
  updatedAt: '2026',
  local: true,
  allowedInApiProducts: true,
  allowMultiJwtOauth2Subscriptions: true,
  portalNavigation: [{ path: '/p', displayName: 'd', order: 1 }],
  consoleNotification: { groups: ['g'], events: ['e'] },
  consoleNotificationConfiguration: {
    config_type: 't',
    groups: ['g'],
    hooks: ['h'],
    origin: 'o',
    referenceId: 'r',
    referenceType: 't',
    user: 'u',
  },
};

export const scheduledCheck = (name: string): Sample => ({
  name,
  enabled: true,
  schedule: '*/7 * * * * *',
  steps: [
    {
      name: 'one',
      request: {
        path: '/health',
        method: 'POST',
        headers: headerList,
        body: 'text',
        fromRoot: true,
      },
      response: { assertions: ['#response.status == 204'] },
    },
  ],
});
