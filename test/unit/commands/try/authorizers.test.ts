// What `try` says of authorizers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesOf, runMain } from '../../../support/command.ts';

const policies = `
version: 1
defaults: {region: us-east-1}
apis:
  rest:
    request:
      - name: who
        authorizer: {type: TOKEN}
        configuration: {function: authorize}
  simple:
    request:
      - name: who
        authorizer: {type: REQUEST, payloadFormatVersion: "2.0", enableSimpleResponses: true}
        configuration: {function: authorize}
`;
const POLICY = {
  principalId: 'ada',
  policyDocument: {
    Statement: [
      { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: '*/DELETE/*' },
      { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*/orders/*' },
    ],
  },
  context: { tier: 'gold' },
};

const cases: readonly (readonly [string, readonly string[], object, readonly RegExp[]])[] = [
  [
    'the statement that allows, principal and context',
    ['rest', 'GET', '/orders/7'],
    POLICY,
    [
      /^1\. who \(request phase\): authorize allows the request$/m,
      /^ +verdict +allowed by statement 2 of its policy$/m,
      /^ +on +arn:aws:execute-api:us-east-1:000000000000:lambda-ext-proc\/prod\/GET\/orders\/7$/m,
      /^ +principalId +ada$/m,
      /^ +context +\{"tier":"gold"\}$/m,
    ],
  ],
  [
    'the statement that denies',
    ['rest', 'DELETE', '/orders/7'],
    POLICY,
    [
      /failed with LAMBDA_EXT_PROC_FORBIDDEN: the caller gets 403$/m,
      /^ +verdict +denied by statement 1 of its policy$/m,
    ],
  ],
  [
    'that no statement allows',
    ['rest', 'GET', '/users/7'],
    POLICY,
    [/^ +verdict +denied: no statement of its policy allows this ARN$/m],
  ],
  ['a simple yes', ['simple', 'GET', '/'], { isAuthorized: true }, [/^ +verdict +allowed: isAuthorized is true$/m]],
  ['a simple no', ['simple', 'GET', '/'], { isAuthorized: false }, [/^ +verdict +denied: isAuthorized is false$/m]],
];
for (const [name, [api = '', method = '', path = ''], result, lines] of cases) {
  test(`try tells ${name}`, async (t) => {
    const { p } = filesOf(t, { p: policies });
    const answer = `authorize=${JSON.stringify({ result })}`;
    const command = [
      'try',
      '--config',
      p,
      '--api',
      api,
      '--answer',
      answer,
      '-X',
      method,
      '-H',
      'authorization: x',
      path,
    ];
    const { code, stdout, stderr } = await runMain(command);
    assert.deepEqual([code, stderr], [0, '']);
    for (const one of lines) assert.match(stdout, one);
  });
}

test('--format json has the judgement, and none without an answer', async (t) => {
  const { p } = filesOf(t, { p: policies });
  const judgement = async (...more: readonly string[]) => {
    const answer = `authorize=${JSON.stringify({ result: POLICY })}`;
    const command = ['try', '--config', p, '--api', 'rest', '--format', 'json', '--answer', answer, ...more];
    return JSON.parse((await runMain(command)).stdout).steps[0].judgement;
  };
  assert.deepEqual(await judgement('-H', 'authorization: x', '/orders/7'), {
    arn: 'arn:aws:execute-api:us-east-1:000000000000:lambda-ext-proc/prod/GET/orders/7',
    verdict: 'allow',
    statement: 2,
    principalId: 'ada',
    context: '{"tier":"gold"}',
  });
  assert.equal(await judgement('/orders/7'), null);
});
