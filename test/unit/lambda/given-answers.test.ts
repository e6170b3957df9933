// Names and statuses that a given error may have are those that the service has.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { givenFailures, invocationFailures, serviceErrorNames, serviceErrorStatus } from '../../../src/lambda/index.ts';
import { listErrorClasses } from '../../../src/lambda/result/error-classes.ts';
import { serviceErrorSchemas } from '../../support/service-errors.ts';

test('every error class has a status, and no other name has one', () => {
  assert.deepEqual([...serviceErrorNames()].sort(), [...listErrorClasses().keys()].sort());
});

test("statuses are those of the SDK's model", () => {
  const schemas = serviceErrorSchemas();
  assert.ok(schemas.length > 40, `${schemas.length} schemas`);
  for (const { name, status } of schemas) assert.equal(serviceErrorStatus(name), status, name);
});

test('a name that AWS does not have has no status', () => {
  assert.equal(serviceErrorStatus('TooManyRequests'), undefined);
});

test('every failure that can be given is one of the catalogue', () => {
  for (const failure of givenFailures) assert.ok(Object.hasOwn(invocationFailures, failure), failure);
});
