import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { HmacKey } from '../../../src/lambda/request/hmac.ts';

test('a digest is that of node crypto for any key and any message', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: 'grapheme', maxLength: 700 }),
      (secret, message) => {
        const key = new HmacKey(secret);
        const expected = createHmac('sha256', secret).update(message).digest('hex');
        assert.equal(key.digest(message, 'hex'), expected);
        assert.equal(key.digest(message, 'buffer').toString('hex'), expected);
      },
    ),
    { numRuns: 2000 },
  );
});

test('one key signs a short message after a long one', () => {
  const secret = Buffer.from('k'.repeat(64));
  const key = new HmacKey(secret);
  for (const message of ['x'.repeat(512), 'y'.repeat(513), '', 'z']) {
    assert.equal(key.digest(message, 'hex'), createHmac('sha256', secret).update(message).digest('hex'));
  }
});
