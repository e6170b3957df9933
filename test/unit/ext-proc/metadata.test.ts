// Dynamic metadata that Envoy forwards: what becomes of a message's Structs, and what expressions see of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTemplate, type EvaluationContext } from '../../../src/expression/index.ts';
import {
  type FilterMetadata,
  type ProcessingRequest,
  readMetadata,
  readRequest,
  writeRequest,
} from '../../../src/ext-proc/wire/index.ts';
import { type MemoryAccount, NoRoomError, unlimitedMemory } from '../../../src/memory-account.ts';
import { filterMetadataOf, type JsonMetadata } from '../../../src/trial/envoy/filter-metadata.ts';
import { requestScope } from '../../../src/trial/index.ts';
import { load } from '../config/support.ts';

/** As it comes over the wire. */
function received(filterMetadata: FilterMetadata): Buffer | undefined {
  const message = readRequest(
    writeRequest({ request_headers: {}, metadata_context: { filter_metadata: filterMetadata } } as ProcessingRequest),
  );
  return message.kind === 'message' && message.part === 'headers' ? message.metadata : undefined;
}

function read(json: JsonMetadata, memory: MemoryAccount = unlimitedMemory): ReadonlyMap<string, unknown> {
  return readMetadata(received(filterMetadataOf(json)), memory);
}

test('a Struct is read with all kinds of values', () => {
  const json = {
    ns: {
      text: 'é',
      none: null,
      yes: true,
      no: false,
      zero: 0,
      number: 1.5,
      list: [1, [], {}],
      map: { a: { b: 'c' } },
    },
  };
  const found = read(json).get('ns') as ReadonlyMap<string, unknown>;
  assert.deepEqual([...found.keys()].sort(), Object.keys(json.ns).sort());
  assert.deepEqual(found.get('list'), [1, [], new Map()]);
  assert.deepEqual(found.get('map'), new Map([['a', new Map([['b', 'c']])]]));
  assert.deepEqual(
    ['text', 'none', 'yes', 'no', 'zero', 'number'].map((key) => found.get(key)),
    ['é', null, true, false, 0, 1.5],
  );
  assert.equal(read({}).size, 0);
  assert.equal(readMetadata(undefined, unlimitedMemory).size, 0);
});

test('names of prototypes are names like any other, and reach no object', () => {
  const names = ['constructor', 'toString', 'hasOwnProperty', 'prototype'];
  const json = { ns: Object.fromEntries(names.map((name) => [name, name])), constructor: { x: 1 } };
  const found = read(json);
  assert.deepEqual(
    names.map((name) => (found.get('ns') as Map<string, unknown>).get(name)),
    names,
  );
  assert.equal((found.get('constructor') as Map<string, unknown>).get('x'), 1);
  const polluting = JSON.parse(
    '{"ns": {"__proto__": {"polluted": "yes"}, "a": {"__proto__": "x"}}, "__proto__": {"b": 1}}',
  ) as JsonMetadata;
  const texts = JSON.stringify([...read(polluting)], (_, value: unknown) =>
    value instanceof Map ? [...value] : value,
  );
  assert.doesNotMatch(texts, /\[object/);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  assert.equal(evaluate("{#request.metadata['ns']['constructor']}", { ns: { a: 1 } }), null);
  assert.equal(evaluate("{#request.metadata['constructor']}", {}), null);
  assert.equal(evaluate("{#request.metadata['__proto__']}", {}), null);
});

test('what is kept is taken of the account first, and too much of it is an error', () => {
  let taken = 0;
  const take = (bytes: number): boolean => {
    taken += bytes;
    return true;
  };
  const counting = { take, give() {}, shortage: '' };
  read({ ns: { text: 'x'.repeat(10_000) } }, counting);
  assert.ok(taken > 10_000 && taken < 25_000, String(taken));
  const full = { take: () => false, give() {}, shortage: 'full' };
  assert.throws(() => read({ ns: { a: 1 } }, full), NoRoomError);
  assert.throws(() => read({ ns: { list: Array.from({ length: 30_000 }, () => 1) } }), /more than 20000 values/);
});

test('metadata is read as deep as 48 levels', () => {
  const wraps = [
    (inner: unknown) => ({ a: inner }),
    (inner: unknown) => [inner],
    (inner: unknown, level: number) => (level % 2 === 0 ? [inner] : { a: inner }),
  ];
  for (const wrap of wraps) {
    const nested = (levels: number): JsonMetadata => {
      let deep: unknown = 1;
      for (let level = 0; level < levels; level++) deep = wrap(deep, level);
      return { ns: { deep } };
    };
    assert.equal(read(nested(48)).size, 1);
    for (const levels of [49, 300]) {
      assert.throws(() => read(nested(levels)), /#request\.metadata nests deeper than 48 levels/);
    }
  }
});

function evaluate(template: string, metadata: JsonMetadata): string | null {
  const request = {
    method: 'GET',
    path: '/',
    scheme: 'http',
    authority: 'a',
    headers: [],
    body: Buffer.alloc(0),
    trailers: [],
  };
  const scope = requestScope(request, new Map(), metadata, 0);
  const context: EvaluationContext = { request: scope, attributes: new Map(), variables: new Map() };
  return compileTemplate(template).evaluate(context);
}

const jwt = {
  'envoy.filters.http.jwt_authn': { payload: { sub: 'ada', exp: 1_700_000_000, roles: ['a', 'b'], org: { id: 7 } } },
};
const PAYLOAD = "#request.metadata['envoy.filters.http.jwt_authn']['payload']";

test('expressions read claims as values of the language', () => {
  const cases: readonly (readonly [template: string, value: string | null])[] = [
    [`{${PAYLOAD}['sub']}`, 'ada'],
    [`{${PAYLOAD}.sub}`, 'ada'],
    [`{${PAYLOAD}['exp']}`, '1700000000'],
    [`{${PAYLOAD}['exp'] > 1699999999}`, 'true'],
    [`{${PAYLOAD}['roles']}`, 'a,b'],
    [`{${PAYLOAD}['roles'].contains('b')}`, 'true'],
    [`{${PAYLOAD}['roles'][1]}`, 'b'],
    [`{${PAYLOAD}['org']}`, '{"id":7}'],
    [`{${PAYLOAD}['missing']}`, null],
    ["{#request.metadata['other']}", null],
    ["{#request.metadata['other']?.payload}", null],
    ['{#request.metadata.size()}', '1'],
    [`{${PAYLOAD}.containsKey('sub')}`, 'true'],
    [`{#json(${PAYLOAD})}`, '{"sub":"ada","exp":1700000000,"roles":["a","b"],"org":{"id":7}}'],
    [`{#jsonPath(${PAYLOAD}, '$.org.id')}`, '7'],
    ['{#request.getMetadata.size()}', '1'],
  ];
  for (const [template, value] of cases) assert.equal(evaluate(template, jwt), value, template);
  assert.throws(() => evaluate("{#request.metadata['other']['payload']}", jwt), /is null/);
  assert.equal(evaluate("{#request.metadata['other']}", {}), null);
});

test('an API keeps metadata only where an expression reads it, and says which namespaces', () => {
  const needs = (payload: string) =>
    load(
      `version: 1\napis: {a: {request: [{configuration: {function: f, payload: ${JSON.stringify(payload)}}}]}}\n`,
    ).set.byName('a')?.needs.metadata;
  assert.equal(needs('{#request.path}'), undefined);
  assert.equal(needs("{#request.headers['metadata']}"), undefined);
  assert.deepEqual(needs(`{${PAYLOAD}['sub']}`), {
    namespaces: new Set(['envoy.filters.http.jwt_authn']),
    others: false,
  });
  assert.deepEqual(needs("{#request.metadata.claims.sub + #request.metadata.get('b')}"), {
    namespaces: new Set(['claims', 'b']),
    others: false,
  });
  assert.equal(needs('{#json(#request.metadata)}')?.others, true);
  assert.equal(needs("{#request.metadata[#request.headers['x'][0]]}")?.others, true);
  const templates = 'responseTemplates: {DEFAULT: {"*/*": {status: 500, body: "{#request.metadata[\'ns\'].a}"}}}';
  assert.deepEqual(
    load(`version: 1\n${templates}\napis: {a: {}}\n`).set.byName('a')?.needs.metadata?.namespaces,
    new Set(['ns']),
  );
});
