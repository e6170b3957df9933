import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonStruct } from '../../../src/ext-proc/wire/struct.ts';

test('values keep their kind, undefined is left out, names like __proto__ are names', () => {
  const object = JSON.parse('{"s":"x","n":1.5,"b":false,"z":null,"o":{"__proto__":"p"}}');
  const { fields } = new JsonStruct({ ...object, gone: undefined });
  assert.deepEqual(Object.keys(fields), ['s', 'n', 'b', 'z', 'o']);
  assert.deepEqual(fields.s, { stringValue: 'x' });
  assert.deepEqual(fields.n, { numberValue: 1.5 });
  assert.deepEqual(fields.b, { boolValue: false });
  assert.deepEqual(fields.z, { nullValue: 'NULL_VALUE' });
  assert.deepEqual(Object.getOwnPropertyNames(fields.o?.structValue?.fields ?? {}), ['__proto__']);
});
