import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Prepared } from '../../../src/lambda/request/prepared.ts';
import { Signer } from '../../../src/lambda/request/signer.ts';
import { SigningKeys } from '../../../src/lambda/request/signing-key.ts';
import { createTarget } from '../../../src/lambda/request/target.ts';
import { signatureError } from '../../support/sigv4-check.ts';

const endpoint = {
  origin: 'http://127.0.0.1:4566',
  host: '127.0.0.1:4566',
  pathPrefix: '',
  region: 'us-east-1',
  isAws: true,
};
const target = createTarget('us-east-1', endpoint, 'f', undefined);
const nothing: Prepared = {
  payload: undefined,
  isPayloadShared: false,
  invocationType: 'RequestResponse',
  logTail: false,
  clientContext: undefined,
  tenantId: undefined,
};
const stamp = { invocationId: '11111111-2222-3333-4444-555555555555', attempt: 'attempt=1; max=3', userAgent: 'x' };

function headersOf(flat: readonly string[]): Map<string, string> {
  return new Map(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ''] as [string, string]] : [])));
}

test('a key is derived again for another day region or credentials', () => {
  const keys = new SigningKeys();
  const first = { accessKeyId: 'A', secretAccessKey: 's' };
  const same = keys.get(first, 'us-east-1', '20260101');
  assert.equal(keys.get(first, 'us-east-1', '20260101'), same);
  for (const another of [
    keys.get(first, 'us-east-1', '20260102'),
    keys.get(first, 'eu-west-1', '20260102'),
    keys.get({ accessKeyId: 'A', secretAccessKey: 't' }, 'us-east-1', '20260101'),
  ]) {
    assert.notEqual(another.key.digest('m', 'hex'), same.key.digest('m', 'hex'));
  }
});

test('refreshed credentials sign from the next request on', () => {
  const signer = new Signer();
  const now = Date.parse('2026-06-01T23:59:59.900Z');
  for (const secret of ['one', 'two', 'three']) {
    for (const later of [0, 200]) {
      const credentials = { accessKeyId: 'A', secretAccessKey: secret, sessionToken: `token of ${secret}` };
      const headers = headersOf(signer.sign(target, nothing, stamp, credentials, now + later)).set('host', target.host);
      const request = { method: 'POST', target: target.path, headers, body: Buffer.alloc(0) };
      assert.equal(signatureError(request, new Map([['A', secret]]), now + later), undefined);
      assert.equal(headers.get('x-amz-security-token'), `token of ${secret}`);
      // Midnight is between the two.
      assert.equal(headers.get('x-amz-date'), later === 0 ? '20260601T235959Z' : '20260602T000000Z');
    }
  }
});

test('a secret is in no header', () => {
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'very-secret' };
  const flat = new Signer().sign(target, { ...nothing, payload: Buffer.from('{}') }, stamp, credentials, 0);
  assert.ok(!flat.join(' ').includes('very-secret'));
});

test('payloads that many invocations share are signed each for itself', () => {
  const signer = new Signer();
  const now = Date.parse('2026-06-01T12:00:00Z');
  const credentials = { accessKeyId: 'A', secretAccessKey: 's' };
  const payloads = ['one', 'two', 'one'].map((text) => Buffer.from(text));
  for (const payload of [...payloads, ...payloads]) {
    const shared = signer.sign(target, { ...nothing, payload, isPayloadShared: true }, stamp, credentials, now);
    assert.deepEqual(shared, signer.sign(target, { ...nothing, payload }, stamp, credentials, now));
  }
});
