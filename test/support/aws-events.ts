import assert from 'node:assert/strict';
import type { ApiPolicies } from '../../src/policy/index.ts';
import { apiOf, type PolicyRunOptions, runOf, step } from './policy-run.ts';
import { readJson } from './read-json.ts';

/** JSON of an event, as a function reads it. */
// biome-ignore lint/suspicious/noExplicitAny: tests look at any part of it
export type Event = any;

export interface EventRequest extends Omit<PolicyRunOptions, 'functions'> {
  readonly body?: string | Uint8Array | undefined;
  /** `format` of the step. */
  readonly format?: object;
  /** Mutations of steps before it. */
  readonly before?: readonly object[];
  /** What else the step says. */
  readonly more?: object;
}

export const eventFormats = ['api-gateway-v1', 'http-api-v1', 'api-gateway-v2', 'function-url', 'alb'] as const;

/** 4 March 2020, 19:15:17.123 UTC. */
const arrival = Date.UTC(2020, 2, 4, 19, 15, 17, 123);

/** What Envoy tells of the requests of these tests. */
export const connection = {
  host: 'abc.example.com:8443',
  scheme: 'https',
  protocol: 'HTTP/1.1',
  timestamp: arrival,
  remoteAddress: '203.0.113.9',
  localPort: 8443,
} as const;

/** The API of one step that makes events, compiled. */
export function eventApi(
  requestFormat: string,
  { format = {}, before = [], more = {} }: EventRequest = {},
): ApiPolicies {
  const steps = before.map((mutations) => step('before', { mutations, payload: '{}' }));
  const last = step('event', { requestFormat, responseFormat: 'raw', format, ...more });
  return apiOf({ apis: { default: { request: [...steps, last] } } });
}

/** The bytes of the payload that the last step of an API sends. */
export async function eventBytes(api: ApiPolicies, request: EventRequest): Promise<Buffer> {
  const { format: _, before: __, more: ___, body, head, ...options } = request;
  const run = runOf(api, { bodyLimit: 10_000_000, method: 'GET', ...options, head: { ...connection, ...head } });
  const outcome = await run.request(body);
  assert.equal(outcome.kind, 'continue', JSON.stringify(run.log));
  return Buffer.from(run.invocations.at(-1)?.payload ?? '');
}

/** Bytes that are no UTF-8 would be replaced silently. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function parseEvent(bytes: Uint8Array): Event {
  return readJson(utf8.decode(bytes));
}

export async function eventOf(requestFormat: string, request: EventRequest = {}): Promise<Event> {
  return parseEvent(await eventBytes(eventApi(requestFormat, request), request));
}
