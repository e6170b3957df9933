import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundedLine } from '../../../../src/lambda/credentials/bounded-line.ts';

for (const [text, shown] of [
  ['"proxy-authorization":"Basic dXNlcjpzRWNSZVQ="', '"proxy-authorization":"Basic …"'],
  ['Action=AssumeRole&ExternalId=tenant-7&Version=2011-06-15', 'Action=AssumeRole&ExternalId=…&Version=2011-06-15'],
  ['<p>WebIdentityToken=opaque-0123</p>', 'WebIdentityToken=…'],
  ['token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln is expired', 'token … is expired'],
  ['sent abcd1234 twice: abcd1234', 'sent … twice: …'],
  ['Basic authentication is required, Basic realm="p"', 'Basic authentication is required, Basic realm="p"'],
] as const) {
  test(`of ${text} a log shows ${shown}`, () => {
    assert.equal(boundedLine(text, ['abcd1234']), shown);
  });
}
