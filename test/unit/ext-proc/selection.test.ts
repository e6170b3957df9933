// What becomes of a stream that two APIs match, or none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import { selectApi } from '../../../src/ext-proc/selection.ts';
import { unlimitedMemory } from '../../../src/memory-account.ts';
import { load } from '../config/support.ts';

const select = (name: string) => `select: [{attribute: xds.${name}, matches: x}]`;
const { set } = load(`version: 1
unmatched: pass
apis: {a: {${select('a')}}, b: {${select('b')}}, called: {authorities: [orders.shop]}}
`);

function selected(authority: string, attributes: Readonly<Record<string, string>>, metadata = new Metadata()) {
  const traits = { authority, attributes: new Map(Object.entries(attributes)) };
  return selectApi(set, metadata, traits, unlimitedMemory);
}

test('two APIs that match are an error that names them, also where what matches none may pass', () => {
  const selection = selected('other.shop', { 'xds.a': 'x', 'xds.b': 'x', 'xds.route_name': 'r' });
  assert.equal(selection.kind, 'refused');
  const { failure } = selection as Extract<typeof selection, { kind: 'refused' }>;
  assert.equal(failure.key, 'LAMBDA_EXT_PROC_AMBIGUOUS_API');
  assert.equal(failure.status, 500);
  assert.match(
    String((failure.cause as Error).message),
    /^route "r" with the gRPC authority "other\.shop" matches `select` of more than one API \("a", "b"\)/,
  );
  assert.doesNotMatch(failure.message, /orders|shop|"a"/, 'the caller is not told');
  assert.deepEqual(selected('other.shop', {}), { kind: 'pass' });
});

test('without a route from Envoy no request continues: a 404 caused by the caller', () => {
  const strict = load(`version: 1\napis: {a: {${select('a')}}, named: {}}\n`).set;
  const of = (attributes: Readonly<Record<string, string>>) => {
    const traits = { authority: 'x', attributes: new Map(Object.entries(attributes)) };
    const selection = selectApi(strict, new Metadata(), traits, unlimitedMemory);
    return (
      selection.kind === 'refused' && [selection.failure.key, selection.failure.status, selection.failure.byCaller]
    );
  };
  const key = 'LAMBDA_EXT_PROC_UNMATCHED';
  assert.deepEqual(of({ 'xds.virtual_host_name': 'v' }), [key, 404, true]);
  assert.deepEqual(of({ 'xds.virtual_host_name': '' }), [key, 404, true]);
  assert.deepEqual(of({ 'xds.virtual_host_name': 'v', 'xds.route_name': '' }), [key, 500, false]);
  assert.deepEqual(of({}), [key, 500, false]);
});

test('metadata decides before all else, and a name that does not exist is never made up for', () => {
  const metadata = new Metadata();
  metadata.set('x-lambda-api', 'a');
  const named = selected('orders.shop', { 'xds.b': 'x' }, metadata);
  assert.equal(named.kind === 'api' && named.policies.name, 'a');
  metadata.set('x-lambda-api', 'missing');
  const missing = selected('orders.shop', {}, metadata);
  assert.equal(missing.kind === 'refused' && missing.failure.key, 'LAMBDA_EXT_PROC_UNKNOWN_API');
});
