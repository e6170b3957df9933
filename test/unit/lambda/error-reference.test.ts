import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  failureKindOf,
  InvocationError,
  type InvocationFailure,
  invocationFailures,
} from '../../../src/lambda/index.ts';
import { isThrottling, listErrorClasses } from '../../../src/lambda/result/error-classes.ts';
import { throttlingOf } from '../../../src/lambda/result/throttling.ts';
import { failureOf } from '../../../src/policy/invocation-failure.ts';
import { invocation } from '../../support/invocation.ts';
import { serviceErrorSchemas } from '../../support/service-errors.ts';

const text = readFileSync(new URL('../../../docs/reference/lambda-errors.md', import.meta.url), 'utf8');
const failures = Object.keys(invocationFailures) as InvocationFailure[];
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
function mappedBy(failure: InvocationFailure, statusCode?: number, errorType?: string): string {
  const throttling = isThrottling(errorType, statusCode ?? 0) ? throttlingOf(undefined) : undefined;
  const error = new InvocationError(failure, { statusCode, throttling, message: '' });
  const { status } = failureOf(error, invocation(), errorStatus);
  return Object.entries(errorStatus).find(([, value]) => value === status)?.[0] ?? '–';
}

/** Details are a caller's: an answer of an unknown kind and a failed function have none, and an abort no caller. */
const untold: readonly InvocationFailure[] = ['foreign-status', 'function-failed', 'aborted'];
function rowOf(failure: InvocationFailure): string {
  const { details } = invocationFailures[failure];
  const kind = failureKindOf(new InvocationError(failure, { message: '', statusCode: statusOf(failure) ?? 418 }));
  return `${kind}: ${untold.includes(failure) ? '–' : details}`;
}

const statusOf = (failure: InvocationFailure): number | undefined =>
  invocationFailures[failure].details.includes('<status>') ? 418 : undefined;

test('the reference has each error class of the service as the code treats it', () => {
  const expected = serviceErrorSchemas().map(({ name, status }) => {
    const found = listErrorClasses().get(name);
    assert.ok(found, name);
    return [
      name,
      String(status),
      mappedBy('service-error', status, name),
      ran[found.ran],
      again[found.retry],
      found.why,
    ];
  });
  assert.deepEqual(table('Errors of the Lambda service'), expected);
});

test('the reference has each error that services share as the code treats it', () => {
  const own = new Set(serviceErrorSchemas().map(({ name }) => name));
  const expected = [...listErrorClasses()]
    .filter(([name]) => !own.has(name))
    .map(([name, found]) => [name, ran[found.ran], again[found.retry], found.why]);
  assert.deepEqual(table("Errors that AWS's services share"), expected);
});

test('the reference has each failure of the catalogue and no other', () => {
  const rows = table('Before and around the answer').map(([, kind, , details]) => `${kind}: ${details}`);
  const listed = failures.filter((failure) => failure !== 'service-error');
  assert.deepEqual(new Set(rows), new Set(listed.map(rowOf)));
});

test('the reference has each failure with what the caller gets and whether the function may have run', () => {
  const unset = { throttled: undefined, timeout: undefined, tooLarge: undefined };
  for (const [what, kind, key, details, mapped, mayHaveRun] of table('Before and around the answer')) {
    const failure = failures.find((each) => each !== 'service-error' && rowOf(each) === `${kind}: ${details}`);
    assert.ok(failure, what);
    const statusCode = statusOf(failure) ?? 418;
    const error = new InvocationError(failure, { message: '', field: 'region', statusCode });
    assert.equal(failureKindOf(error), kind, what);
    if (!error.mayHaveRun) assert.equal(mayHaveRun, 'no', what);
    if (failure === 'aborted') continue;
    const { key: actual, status, message } = failureOf(error, invocation(), unset);
    assert.equal(key, status === 500 ? actual : `${actual} (${status})`, what);
    const text = details?.replace('<field>', 'region').replace('<status>', '418');
    assert.equal(/Details: \[(.*)\]$/.exec(message)?.[1], text === '–' ? undefined : text, what);
    assert.equal(mapped, mappedBy(failure), what);
  }
});
