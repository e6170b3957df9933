import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { certificateFits, clientNames } from '../../../src/server/client-names.ts';
import { createCertificate } from '../../support/certificate.ts';

const fits = (globs: readonly string[], commonName: string, ...names: readonly string[]): boolean =>
  certificateFits(new X509Certificate(createCertificate({ commonName, names }).cert), clientNames(globs));

for (const [glob, name, expected] of [
  ['envoy.example.com', 'envoy.example.com', true],
  ['envoy.example.com', 'ENVOY.Example.com', true],
  ['Envoy.example.com.', 'envoy.example.com', true],
  ['envoy.example.com', 'envoy.example.com.evil.example', false],
  ['envoy.example.com', 'xenvoy.example.com', false],
  ['envoy.example.com', 'envoyXexample.com', false],
  ['*.example.com', 'envoy.example.com', true],
  ['*.example.com', 'a.envoy.example.com', false],
  ['*.example.com', 'example.com', false],
  ['envoy-*.example.com', 'envoy-7.example.com', true],
  ['envoy-*-*.example.com', 'envoy-7-a-b.example.com', true],
  ['envoy-*-*.example.com', 'envoy-7.example.com', false],
  ['*', 'envoy', true],
  ['*', 'envoy.example.com', false],
  ['*a*a*', 'banana', true],
  ['spiffe://example.org/ns/edge/sa/envoy', 'spiffe://example.org/ns/edge/sa/envoy', true],
  ['spiffe://example.org/ns/edge/sa/envoy', 'spiffe://example.org/ns/edge/sa/Envoy', false],
  ['spiffe://example.org/ns/*/sa/envoy', 'spiffe://example.org/ns/edge/sa/envoy', true],
  ['spiffe://example.org/ns/*/sa/envoy', 'spiffe://example.org/ns/a/b/sa/envoy', false],
  ['spiffe://example.org/ns/edge/sa/*', 'spiffe://example.org/ns/edge/sa/envoy.v2', true],
  ['spiffe://example.org/ns/edge/sa/*', 'spiffe://evil.example/ns/edge/sa/envoy', false],
  // A glob for DNS names fits no URI, and the other way round.
  ['*', 'spiffe://envoy', false],
  ['spiffe://*', 'envoy', false],
  ['spiffe://*', 'spiffe://envoy', true],
  // What Node writes with quotes and escapes, so that it cannot be taken for two names.
  ['envoy.example.com', 'printer.example.com, DNS:envoy.example.com', false],
  ['envoy.example.com', 'x", DNS:envoy.example.com, DNS:"y', false],
  ['envoy.example.com', 'envoy.example.com\0.evil.example', false],
  ['envoy.example.com', 'envoy.example.com\\', false],
  ['spiffe://example.org/envoy', 'spiffe://example.org/printer, URI:spiffe://example.org/envoy', false],
  ['spiffe://example.org/a,b', 'spiffe://example.org/a,b', true],
  ['spiffe://example.org/*', 'spiffe://example.org/a"b', true],
] as const) {
  test(`${glob} ${expected ? 'fits' : 'does not fit'} ${JSON.stringify(name)}`, () => {
    assert.equal(fits([glob], 'client', name), expected);
  });
}

test('the common name does not count, nor does an address', () => {
  assert.equal(fits(['envoy.example.com'], 'envoy.example.com'), false);
  assert.equal(fits(['envoy.example.com'], 'envoy.example.com', 'printer.example.com'), false);
  assert.equal(fits(['10.0.0.1'], 'client', '10.0.0.1'), false);
  assert.equal(certificateFits(undefined, clientNames(['*'])), false);
});

test('one name of several and one glob of several are enough, also after an odd name', () => {
  assert.equal(
    fits(['a.example', 'spiffe://x/*'], 'client', 'we, ird"', '10.0.0.1', 'b.example', 'spiffe://x/y'),
    true,
  );
});

test('a long name and a glob of many stars take no time', () => {
  const names = clientNames([`${'*a'.repeat(30)}b`]);
  const started = process.cpuUsage();
  assert.equal(names.fits({ kind: 'DNS', value: 'a'.repeat(2_000) }), false);
  assert.ok(process.cpuUsage(started).user < 2_000_000);
});
