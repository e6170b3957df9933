import assert from 'node:assert/strict';
import { type PolicyRunOptions, policyRun, step } from './policy-run.ts';

/** JSON of an event, as a function reads it. */
// biome-ignore lint/suspicious/noExplicitAny: tests look at any part of it
export type Event = any;

export interface EventRequest extends Omit<PolicyRunOptions, 'functions'> {
  readonly body?: string | Uint8Array;
  /** `format` of the step. */
  readonly format?: object;
  /** Steps before it: their mutations. */
  readonly before?: readonly object[];
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

/** The bytes of the payload that a step with this request format sends. */
async function eventBytes(requestFormat: string, request: EventRequest = {}): Promise<Buffer> {
  const { format = {}, before = [], body, head, ...options } = request;
  const steps = before.map((mutations) => step('before', { mutations, payload: '{}' }));
  const last = step('event', { requestFormat, responseFormat: 'raw', format });
  const document = { apis: { default: { request: [...steps, last] } } };
  const run = policyRun(document, {
    bodyLimit: 10_000_000,
    method: 'GET',
    ...options,
    head: { ...connection, ...head },
  });
  const outcome = await run.request(body);
  assert.equal(outcome.kind, 'continue', JSON.stringify(run.log));
  return Buffer.from(run.invocations.at(-1)?.payload ?? '');
}

export async function eventOf(requestFormat: string, request: EventRequest = {}): Promise<Event> {
  const bytes = await eventBytes(requestFormat, request);
  // Bytes that are no UTF-8 would be replaced silently.
  return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
}
