import type { EvaluationContext, HeaderScope } from '../context.ts';

const headers: HeaderScope = { values: () => undefined, names: () => [] };
const message = { headers, content: '' };

/** A transaction in which every variable of the language has a value: to find out which properties exist. */
export const sampleContext: EvaluationContext = {
  request: {
    ...message,
    id: '',
    transactionId: '',
    uri: '/',
    path: '/',
    contextPath: '/',
    pathInfo: '/',
    method: 'GET',
    scheme: 'https',
    host: 'host',
    version: 'HTTP_1_1',
    timestamp: 0,
    remoteAddress: '',
    localAddress: '',
    params: new Map(),
    pathParams: new Map(),
    ssl: null,
    metadata: new Map(),
  },
  response: { ...message, status: 200 },
  lambdaResponse: { ...message, status: 200 },
  error: { statusCode: 500, key: '', message: '', parameters: new Map() },
  attributes: new Map(),
  api: { id: '', name: '', version: '', properties: new Map() },
  node: { id: '', version: '', tenant: '', zone: '', shardingTags: [] },
  variables: new Map(),
};
