import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { HmacKey } from '../../../src/lambda/request/hmac.ts';

test('a_digest_is_that_of_node_crypto_for_any_key_and_any_message', () => {
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

test('one_key_signs_a_short_message_after_a_long_one', () => {
  const secret = Buffer.from('k'.repeat(64));
  const key = new HmacKey(secret);
  for (const message of ['x'.repeat(512), 'y'.repeat(513), '', 'z']) {
    assert.equal(key.digest(message, 'hex'), createHmac('sha256', secret).update(message).digest('hex'));
  }
});
