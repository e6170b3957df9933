import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { InvocationError, type InvocationErrorKind } from '../../../src/lambda/index.ts';
import { listErrorClasses } from '../../../src/lambda/result/error-classes.ts';
import { failureOf } from '../../../src/policy/invocation-failure.ts';
import { invocation } from '../../support/invocation.ts';
import { serviceErrorSchemas } from '../../support/service-errors.ts';

const text = readFileSync(new URL('../../../docs/reference/lambda-errors.md', import.meta.url), 'utf8');
const errorStatus = { throttled: 529, timeout: 504, tooLarge: 413 };
const ran = { never: 'no', maybe: 'perhaps' } as const;
const again = { yes: 'yes', idempotent: 'if idempotent', no: 'no' } as const;

/** Rows of the table under a heading, cell by cell, without backticks. */
function table(heading: string): readonly (readonly string[])[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  assert.ok(section, `no section ${heading}`);
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

/** Which field of `errorStatus` decides, by what the policy makes of the error. */
function mappedBy(kind: InvocationErrorKind, statusCode?: number): string {
  const error = new InvocationError({ kind, statusCode, message: '', mayHaveRun: false, details: '' });
  const { status } = failureOf(error, invocation(), errorStatus);
  return Object.entries(errorStatus).find(([, value]) => value === status)?.[0] ?? '–';
}

test('the_reference_has_each_error_class_of_the_service_as_the_code_treats_it', () => {
  const expected = serviceErrorSchemas().map(({ name, status }) => {
    const found = listErrorClasses().get(name);
    assert.ok(found, name);
    return [name, String(status), mappedBy('service', status), ran[found.ran], again[found.retry], found.why];
  });
  assert.deepEqual(table('Errors of the Lambda service'), expected);
});

test('the_reference_has_each_error_that_services_share_as_the_code_treats_it', () => {
  const own = new Set(serviceErrorSchemas().map(({ name }) => name));
  const expected = [...listErrorClasses()]
    .filter(([name]) => !own.has(name))
    .map(([name, found]) => [name, ran[found.ran], again[found.retry], found.why]);
  assert.deepEqual(table("Errors that AWS's services share"), expected);
});

test('the_reference_has_each_kind_of_failure_with_the_key_and_status_that_the_policy_gives', () => {
  const kinds: Record<Exclude<InvocationErrorKind, 'service'>, true> = {
    status: true,
    timeout: true,
    connection: true,
    credentials: true,
    'payload-too-large': true,
    'answer-too-large': true,
    refused: true,
    configuration: true,
    aborted: true,
  };
  const rows = table('Before and around the answer');
  assert.deepEqual(new Set(rows.map(([, kind]) => kind)), new Set(Object.keys(kinds)));
  for (const [failure, kind, key, , mapped] of rows) {
    if (kind === 'aborted') continue;
    const error = new InvocationError({
      kind: kind as InvocationErrorKind,
      message: '',
      mayHaveRun: false,
      details: '',
    });
    const { key: actual, status } = failureOf(error, invocation(), {
      throttled: undefined,
      timeout: undefined,
      tooLarge: undefined,
    });
    assert.equal(key, status === 500 ? actual : `${actual} (${status})`, failure);
    assert.equal(mapped, mappedBy(kind as InvocationErrorKind), failure);
  }
});
