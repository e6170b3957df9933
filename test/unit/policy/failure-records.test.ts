// What is told of a failure: where in the document, which request, which invocation, and why.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadPolicies, loadPoliciesInThread, SecretStore } from '../../../src/config/index.ts';
import { InvocationError } from '../../../src/lambda/index.ts';
import type { FailureRecord } from '../../../src/observability/index.ts';
import { type PolicyRunOptions, policyRun, runOf, step } from '../../support/policy-run.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const headers = { 'x-request-id': 'id-1', traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };

/** Column 1 of line 1 is the first character of the text. */
const document = String.raw`version: 1
apis:
  default:
    request:
      - name: guard
        condition: "{#request.headers['x-a'][0] == 'b'}"
        onConditionError: fail
        configuration: {function: f}
  mutations:
    request:
      - name: enrich
        configuration:
          function: f
          mutations:
            headers:
              set:
                x-quoted: "a \"quoted\" text {#request.headers['x-a'][0]}"
                x-late: 'it''s {#request.headers["x-b"][0]}'
  block:
    request:
      - name: body
        configuration:
          function: f
          payload: |
            {
              "id": "{#request.headers['x-a'][0]}"
            }
  tree:
    request:
      - name: body
        configuration:
          function: f
          payload: {user: {id: "{#request.headers['x-a'][0]}"}}
  plain:
    request:
      - name: named
        configuration:
          function: f-{#request.headers['x-a'][0]}
  inherited:
    request:
      - name: named
        configuration: {function: f}
defaults:
  qualifier: "{#request.headers['x-c'].missing()}"
`;

const withoutDefaults = document.slice(0, document.indexOf('defaults:'));

async function failed(api: string, text: string, options: PolicyRunOptions = {}): Promise<FailureRecord> {
  const { set } = loadPolicies(text, 'policies.yaml');
  const run = runOf(set.apis.get(api) ?? assert.fail(api), { headers, ...options });
  await run.request('{}');
  assert.equal(run.failures.length, 1);
  return run.failures[0] ?? assert.fail('no record');
}

/** The character of the document at a place. */
function textAt(place: string | undefined, text: string): string {
  const [file, line, column] = (place ?? '').split(':');
  assert.equal(file, 'policies.yaml');
  return text.split('\n')[Number(line) - 1]?.slice(Number(column) - 1) ?? '';
}

describe('the place of an expression that fails', () => {
  for (const [api, field, begins] of [
    ['default', 'condition', "['x-a'][0]"],
    ['mutations', 'mutations.headers.set.x-quoted', "['x-a'][0]"],
    ['block', 'payload', "['x-a'][0]"],
    ['tree', 'payload.user.id', "['x-a'][0]"],
    ['plain', 'function', "['x-a'][0]"],
  ] as const) {
    test(`is reported for ${field}`, async () => {
      const record = await failed(api, withoutDefaults);
      assert.equal(record.field, field);
      assert.equal(record.kind, 'expression');
      const rest = textAt(record.place, withoutDefaults);
      // The operator or the operand: what matters is that the place lies in the expression, and not before it.
      assert.ok(begins.includes(rest.slice(0, 4)) || rest.includes(']'), `${record.place}: ${rest}`);
      const line = withoutDefaults.split('\n')[Number(record.place?.split(':')[1]) - 1] ?? '';
      const column = Number(record.place?.split(':')[2]) - 1;
      assert.ok(column > line.indexOf('{#'), `${record.place} is before the expression`);
    });
  }

  test('is that of `defaults` where the step says nothing', async () => {
    const record = await failed('inherited', document);
    assert.equal(record.field, 'qualifier');
    assert.match(textAt(record.place, document), /missing|\.missing|'x-c'/);
  });

  test('is the same after a reload, which reads the document in a thread', async () => {
    const { set } = await loadPoliciesInThread(withoutDefaults, 'policies.yaml', new SecretStore());
    for (const api of ['default', 'mutations', 'block', 'tree', 'plain']) {
      const run = runOf(set.apis.get(api) ?? assert.fail(api), { headers });
      await run.request('{}');
      const expected = await failed(api, withoutDefaults);
      assert.deepEqual([run.failures[0]?.place, run.failures[0]?.field], [expected.place, expected.field]);
    }
  });
});

describe('a record and its log line', () => {
  test('tell the status that the caller gets, by a response template too', async () => {
    const template = { AWS_LAMBDA_INVALID_RESPONSE: { '*/*': { status: 502, body: 'no' } } };
    const bad = step('bad', { payload: "{#request.headers['x-a'][0]}" });
    const run = policyRun({ apis: { default: { request: [bad], responseTemplates: template } } }, { headers });
    await run.request();
    const lines = run.log.filter(({ msg }) => msg === 'request failed');
    assert.deepEqual([run.failures.map(({ status }) => status), lines.map(({ status }) => status)], [[502], [502]]);
  });

  test('tell which request it was, whatever policies made of its headers', async () => {
    const changes = { set: { 'x-request-id': 'other', traceparent: 'other' } };
    const run = policyRun(
      { apis: { default: { request: [step('good', { mutations: { headers: changes } }), step('bad')] } } },
      {
        headers,
        head: { route: 'orders' },
        functions: {
          bad: () => {
            throw new InvocationError('service-error', {
              message: 'TooManyRequestsException (429): Rate exceeded',
              statusCode: 429,
              errorType: 'TooManyRequestsException',
              requestId: 'aws-1',
              attempts: 4,
              throttling: { limit: 'function', reason: undefined },
            });
          },
        },
      },
    );
    await run.request();
    const { time, ...record } = run.failures[0] ?? assert.fail('no record');
    assert.ok(Math.abs(Date.now() - time) < 60_000);
    assert.deepEqual(record, {
      requestId: 'id-1',
      traceId: TRACE,
      route: 'orders',
      api: 'default',
      policy: 'bad-2',
      field: undefined,
      place: undefined,
      key: 'AWS_LAMBDA_INVALID_RESPONSE',
      kind: 'throttled',
      reason: 'TooManyRequestsException (429): Rate exceeded',
      status: 500,
      byCaller: false,
      goesOn: false,
      function: 'bad',
      awsRequestId: 'aws-1',
      errorType: 'TooManyRequestsException',
      statusCode: 429,
      attempts: 4,
    });
    const line = run.log.find(({ msg }) => msg === 'request failed') ?? {};
    const { byCaller: _byCaller, goesOn: _goesOn, ...told } = record;
    for (const [name, value] of Object.entries(told)) assert.deepEqual(line[name], value, name);
    const call = run.log.find(({ msg, function: name }) => msg === 'invocation' && name === 'bad') ?? {};
    const { requestId, traceId, route, kind, awsRequestId, reason } = call;
    assert.deepEqual(
      { requestId, traceId, route, kind, awsRequestId, reason },
      {
        requestId: 'id-1',
        traceId: TRACE,
        route: 'orders',
        kind: 'throttled',
        awsRequestId: 'aws-1',
        reason: record.reason,
      },
    );
  });

  test('say so where the request continues', async () => {
    const fails = () => {
      throw new InvocationError('connection-failed', { message: 'refused' });
    };
    const run = policyRun(
      { apis: { default: { request: [step('bad', {}, { onError: 'continue' })] } } },
      { functions: { bad: fails } },
    );
    assert.equal((await run.request()).kind, 'continue');
    assert.deepEqual(
      run.failures.map(({ kind, goesOn }) => [kind, goesOn]),
      [['connection', true]],
    );
  });

  test('tell nothing of private variables', async () => {
    const variables = [{ name: 'pin', value: '{#lambdaResponse.content}', private: true }];
    const secret = 'pin-of-mine-4711';
    const run = policyRun(
      {
        apis: {
          default: {
            request: [step('first', { variables }), step("f-{#context.attributes['pin']}")],
          },
        },
      },
      {
        functions: {
          first: () => secret,
          [`f-${secret}`]: () => ({
            functionError: 'Unhandled',
            payload: Buffer.from(JSON.stringify({ errorType: 'E', errorMessage: `no ${secret}` })),
          }),
        },
      },
    );
    await run.request();
    assert.doesNotMatch(JSON.stringify([run.failures, run.log, run.counted.map(({ function: f }) => f)]), /4711/);
    assert.equal(run.failures[0]?.kind, 'function_error');
  });

  test('tell which invocation gave the answer that cannot be used', async () => {
    const functions = { f: () => ({ requestId: 'aws-2', payload: Buffer.from('{}') }) };
    const mutations = { headers: { set: { 'x-a': '{#lambdaResponse.headers["x"][0]}' } } };
    const run = policyRun({ apis: { default: { request: [step('f', { mutations })] } } }, { functions });
    await run.request();
    const { kind, awsRequestId } = run.failures[0] ?? assert.fail('no record');
    assert.deepEqual([kind, awsRequestId], ['expression', 'aws-2']);
  });

  test('tell the field whose value cannot be sent', async () => {
    const fails = () => {
      throw new InvocationError('invalid-field', { message: 'region "x" is invalid', field: 'region' });
    };
    const run = policyRun({ apis: { default: { request: [step('f')] } } }, { functions: { f: fails } });
    await run.request();
    const { kind, field } = run.failures[0] ?? assert.fail('no record');
    assert.deepEqual([kind, field], ['invalid_request', 'region']);
  });

  test('tell in both lines why a result is not an answer', async () => {
    const functions = { f: () => 'no JSON' };
    const configuration = { responseFormat: 'api-gateway-v1' };
    const run = policyRun({ apis: { default: { request: [step('f', configuration)] } } }, { functions });
    await run.request();
    const reasons = ['invocation', 'request failed'].map((name) => run.log.find(({ msg }) => msg === name)?.reason);
    assert.equal(run.failures[0]?.kind, 'invalid_result');
    assert.match(String(reasons[0]), /JSON/);
    assert.equal(reasons[0], reasons[1]);
  });
});

describe("a function's own error", () => {
  const functions = {
    bad: () => ({
      functionError: 'Unhandled',
      payload: Buffer.from(JSON.stringify({ errorType: 'Boom', errorMessage: 'ä'.repeat(4_000) })),
    }),
  };
  const lineOf = async (functionErrors: boolean) => {
    const run = policyRun(
      { apis: { default: { request: [step('bad')] } } },
      { functions, logging: { functionErrors } },
    );
    await run.request();
    return run.log.find(({ msg }) => msg === 'invocation') ?? {};
  };

  test('is in the log, cut to 1 KB', async () => {
    const { functionErrorType, functionErrorMessage, kind } = await lineOf(true);
    assert.deepEqual([functionErrorType, kind], ['Boom', 'function_error']);
    assert.match(String(functionErrorMessage), /^ä+…$/);
    assert.ok(Buffer.byteLength(String(functionErrorMessage)) <= 1_024 + 3);
  });

  test('is cut after private values are taken out, so that no part of one is left at the cut', async () => {
    const token = `eyJ${'Zx9Q'.repeat(400)}`;
    const variables = [{ name: 'token', value: "{#request.headers['x-token'][0]}", private: true }];
    for (const before of ['', 'x'.repeat(1_000)]) {
      const fails = () => ({
        functionError: 'Unhandled',
        payload: Buffer.from(JSON.stringify({ errorType: 'Boom', errorMessage: `${before} no ${token}` })),
      });
      const run = policyRun(
        { apis: { default: { request: [step('first', { variables }), step('bad')] } } },
        { functions: { first: () => '{}', bad: fails }, headers: { 'x-token': token } },
      );
      await run.request();
      const lines = run.log.filter(({ msg }) => msg === 'invocation');
      assert.equal(lines.at(-1)?.functionErrorMessage, `${before} no …`);
      assert.ok(!JSON.stringify(run.log).includes(token.slice(0, 8)));
    }
  });

  test('is not where it is not wanted', async () => {
    const line = await lineOf(false);
    assert.ok(!('functionErrorType' in line) && !('functionErrorMessage' in line));
  });
});

describe('a sample of invocations', () => {
  test('leaves out those that succeed, and never one that fails', async () => {
    const functions = {
      bad: () => ({ functionError: 'Unhandled', payload: Buffer.from('no JSON') }),
      worse: () => {
        throw new InvocationError('read-timeout', { message: 'late' });
      },
    };
    const steps = [
      step('good'),
      step('bad', {}, { onError: 'continue' }),
      step('worse', {}, { onError: 'continue' }),
      step('fine'),
    ];
    const names = async (sample: number) => {
      const run = policyRun({ apis: { default: { request: steps } } }, { functions, logging: { sample } });
      await run.request();
      assert.equal(run.counted.length, 4, 'all are counted');
      return run.log.filter(({ msg }) => msg === 'invocation').map(({ function: name }) => name);
    };
    assert.deepEqual(await names(0), ['bad', 'worse']);
    assert.deepEqual(await names(1), ['good', 'bad', 'worse', 'fine']);
    const some = await Promise.all(Array.from({ length: 200 }, () => names(0.5)));
    const lengths = new Set(some.map(({ length }) => length));
    // Of one request all lines or none.
    assert.deepEqual([...lengths].sort(), [2, 4]);
  });
});
