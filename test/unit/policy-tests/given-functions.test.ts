// Which answer a call gets, and what an answer comes to.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { resultOf } from '../../support/policy-tests.ts';
import { step } from '../../support/trial.ts';

const calling = (...steps: object[]): object => ({ apis: { default: { request: steps } } });
const shows = (name: string, configuration: object = {}): object =>
  step('f', { variables: [{ name, value: '{#lambdaResponse.content}' }], ...configuration }, { name });

async function attributes(document: object, functions: object) {
  const { run, problem } = await resultOf(document, { functions, expect: { error: null } });
  return { attributes: Object.fromEntries(run?.attributes ?? []), problem };
}

describe('a call gets', () => {
  test('the one answer, however often it is made', async () => {
    const found = await attributes(calling(shows('a'), shows('b')), { f: { result: 1 } });
    assert.deepEqual(found, { attributes: { a: '1', b: '1' }, problem: undefined });
  });

  test('the answers of a list in order', async () => {
    const found = await attributes(calling(shows('a'), shows('b')), { f: [{ result: 1 }, { resultText: 'two' }] });
    assert.deepEqual(found.attributes, { a: '1', b: 'two' });
  });

  test('a problem where the list is used up', async () => {
    const { problem } = await attributes(calling(shows('a'), shows('b')), { f: [{ result: 1 }] });
    assert.equal(problem, 'the policies call f, for which no answer is left: all are used up');
  });

  test('the answer for its qualifier, region or payload', async () => {
    const document = calling(
      shows('a', { qualifier: 'live' }),
      shows('b', { function: 'f:live', region: 'eu-central-1' }),
      shows('c', { payload: '{"n": 3}' }),
    );
    const found = await attributes(document, {
      f: [
        { result: 'c', when: { payload: { n: 3 } } },
        { result: 'b', when: { region: 'eu-central-1', qualifier: 'live' } },
        { result: 'a', when: { qualifier: 'live' } },
      ],
    });
    assert.deepEqual(found, { attributes: { a: '"a"', b: '"b"', c: '"c"' }, problem: undefined });
  });

  test('that of the most exact name', async () => {
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:f';
    const document = calling(shows('a'), shows('b', { qualifier: 'live' }), shows('c', { function: arn }));
    const found = await attributes(document, { f: { result: 1 }, 'f:live': { result: 2 }, [arn]: { result: 3 } });
    assert.deepEqual(found.attributes, { a: '1', b: '2', c: '3' });
  });

  test('a problem with the name that was probably meant', async () => {
    const { problem } = await attributes(calling(step('customer-tier')), { 'custmer-tier': { result: 1 } });
    assert.equal(problem, 'the policies call customer-tier, for which no answer is given, did you mean custmer-tier?');
  });

  test('a problem also where the policy continues after an error', async () => {
    const { problem } = await attributes(calling(step('f', {}, { onError: 'continue' })), {});
    assert.match(problem ?? '', /for which no answer is given: write it under functions/);
  });
});

describe('an answer', () => {
  const configuration = { errorStatus: 'honest', readTimeoutMs: 2_000, retry: { maxAttempts: 1 } };
  const cases: readonly (readonly [answer: object, key: string | null, status: number])[] = [
    [{ result: { a: 1 } }, null, 200],
    [{ resultBase64: 'AAEC' }, null, 200],
    [{ functionError: 'Handled', result: { errorMessage: 'x' } }, 'AWS_LAMBDA_INVALID_RESPONSE', 500],
    [{ error: 'TooManyRequestsException' }, 'AWS_LAMBDA_INVALID_RESPONSE', 429],
    [{ error: 'AccessDeniedException' }, 'AWS_LAMBDA_INVALID_RESPONSE', 502],
    [{ error: 'RequestTooLargeException' }, 'AWS_LAMBDA_INVALID_RESPONSE', 413],
    [{ error: 'OfTomorrowException', status: 400 }, 'AWS_LAMBDA_INVALID_RESPONSE', 502],
    [{ status: 404 }, 'AWS_LAMBDA_INVALID_STATUS_CODE', 400],
    [{ status: 504 }, 'AWS_LAMBDA_INVALID_RESPONSE', 504],
    [{ failure: 'no-credentials' }, 'AWS_LAMBDA_INVALID_RESPONSE', 502],
    [{ failure: 'circuit-open' }, 'AWS_LAMBDA_INVALID_RESPONSE', 429],
    [{ failure: 'read-timeout' }, 'AWS_LAMBDA_INVALID_RESPONSE', 504],
    [{ result: 1, delayMs: 1_999 }, null, 200],
    [{ result: 1, delayMs: 2_000 }, 'AWS_LAMBDA_INVALID_RESPONSE', 504],
  ];
  for (const [answer, key, status] of cases) {
    test(`${JSON.stringify(answer)} comes to ${key ?? 'a result'}`, async () => {
      const { mismatches, problem } = await resultOf(calling(step('f', configuration)), {
        functions: { f: answer },
        expect: { error: key, response: { status } },
      });
      assert.deepEqual([problem, mismatches], [undefined, []]);
    });
  }

  test('of an Event is none, whatever the function would give', async () => {
    const document = calling(shows('a', { invocationType: 'Event', sendToConsumer: true }));
    const { mismatches } = await resultOf(document, {
      functions: { f: { result: 1 } },
      expect: { response: { status: 202, body: null }, calls: [{ function: 'f', invocationType: 'Event' }] },
    });
    assert.deepEqual(mismatches, []);
  });
});
