import assert from 'node:assert/strict';
import { loadPolicies } from '../../src/config/index.ts';
import type { EvaluationContext } from '../../src/expression/index.ts';
import { type CallersData, hostileBodies } from './hostile-bodies.ts';

/** Holds `count` bodies against their values, as payloads. Gives how often each class came up. */
export function checkHostileBodies(seed: number, count: number): ReadonlyMap<string, number> {
  const classes = new Map<string, number>();
  const bodies = hostileBodies(seed);
  for (let round = 0; round < count; round++) {
    const { body, data, expected, classes: covered } = bodies.next().value;
    for (const name of covered) classes.set(name, (classes.get(name) ?? 0) + 1);
    const text = payloadOf(body, contextOf(data));
    assert.deepEqual(JSON.parse(text), expected, `body ${round} of seed ${seed}: ${JSON.stringify(body)}`);
  }
  return classes;
}

function payloadOf(payload: object, context: EvaluationContext): string {
  const api = { request: [{ configuration: { function: 'f', payload } }] };
  const { set } = loadPolicies(JSON.stringify({ version: 1, apis: { a: api } }), 'policies.json');
  const bytes = set.byName('a')?.request[0]?.configuration.requestFormat.encode(context);
  assert.ok(bytes);
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function contextOf({ headers, content, attributes }: CallersData): EvaluationContext {
  const values = (name: string): readonly string[] | undefined => {
    const value = headers[name];
    return value === undefined ? undefined : [value];
  };
  const request = { headers: { values, names: () => Object.keys(headers) }, content };
  return {
    request: { ...requestScope, ...request },
    attributes: new Map(Object.entries(attributes)),
    variables: new Map(),
  };
}

const requestScope = {
  id: null,
  transactionId: null,
  uri: '/',
  path: '/',
  contextPath: null,
  pathInfo: null,
  method: 'POST',
  scheme: null,
  host: null,
  version: null,
  timestamp: 0,
  remoteAddress: null,
  localAddress: null,
  params: new Map<string, readonly string[]>(),
  pathParams: new Map<string, readonly string[]>(),
  ssl: null,
  metadata: new Map(),
};
