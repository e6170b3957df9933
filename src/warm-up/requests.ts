import type { EnvoySetup, HttpRequest, HttpResponse } from '../trial/index.ts';

const BODY = Buffer.from('{"id":"warm-up","items":[{"name":"a","price":1}]}');

const common = { scheme: 'http', authority: 'warm-up.invalid', trailers: [] } as const;
const headers = [
  ['user-agent', 'warm-up'],
  ['accept', '*/*'],
  ['x-request-id', '00000000-0000-4000-8000-000000000000'],
  ['x-forwarded-proto', 'http'],
] as const;

/** The most common requests: without a body, and with a JSON body. */
export const warmUpRequests: readonly HttpRequest[] = [
  { ...common, method: 'GET', path: '/', headers, body: Buffer.alloc(0) },
  { ...common, method: 'POST', path: '/', headers: [...headers, ['content-type', 'application/json']], body: BODY },
];

/** The configuration of the filter in the examples. */
export const warmUpEnvoy: EnvoySetup = {
  requestBody: 'NONE',
  responseHeaders: 'SKIP',
  responseBody: 'NONE',
  allowModeOverride: true,
  streamedCookies: 1,
};

export function backend(): HttpResponse {
  return { status: 200, headers: [['content-type', 'application/json']], body: BODY, trailers: [] };
}
