import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUnauthorized, readAuthorizerResult } from '../../../../src/formats/authorizer/authorizer-result.ts';
import { readMembers } from '../../../../src/formats/authorizer/json-value.ts';
import { methodArn, stageArn } from '../../../../src/formats/authorizer/method-arn.ts';
import { FormatError } from '../../../../src/formats/index.ts';
import { JsonSyntaxError } from '../../../../src/formats/result/json-scanner.ts';

const parts = { region: 'us-east-1', accountId: '123456789012', apiId: 'abc', stage: 'prod' };
const arn = methodArn(stageArn(parts), 'GET', '/orders/7');
const ALLOW = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' };

const read = (value: unknown, isSimple = false) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return readAuthorizerResult(Buffer.from(text), isSimple);
};
const policy = (statement: unknown, more: object = {}) => ({
  principalId: 'me',
  policyDocument: { Version: '2012-10-17', Statement: statement },
  ...more,
});
const verdict = (statement: unknown, on = arn) => read(policy(statement)).judge(on).verdict;

const malformedSimple = [
  {},
  { isAuthorized: 'true' },
  { isAuthorized: 'false' },
  { isAuthorized: 1 },
  { isAuthorized: null },
  { context: {} },
  [],
  'null',
  'true',
  '"x"',
  '',
  '{',
  '{"isAuthorized":true}x',
  { IsAuthorized: true },
  policy(ALLOW),
];
for (const value of malformedSimple) {
  test(`a simple response ${JSON.stringify(value)} is malformed`, () => {
    assert.throws(() => read(value, true), FormatError);
  });
}

test('a simple response says yes or no for every request', () => {
  assert.equal(read({ isAuthorized: true }, true).judge(arn).verdict, 'allow');
  assert.equal(read({ isAuthorized: false, context: { a: 1 } }, true).judge(arn).verdict, 'deny-default');
  assert.deepEqual(read({ isAuthorized: true, context: { a: { b: [1] } } }, true).grant.context, { a: { b: [1] } });
});

const malformedPolicies = [
  { isAuthorized: true },
  { principalId: 'me' },
  { policyDocument: { Statement: [ALLOW] } },
  { ...policy(ALLOW), principalId: 7 },
  { ...policy(ALLOW), principalId: '' },
  { principalId: 'me', policyDocument: '{}' },
  { principalId: 'me', policyDocument: {} },
  policy('Allow'),
  policy([ALLOW, 'x']),
  policy([ALLOW, null]),
  policy(null),
  policy(ALLOW, { context: 'x' }),
  policy(ALLOW, { context: [] }),
  policy(ALLOW, { context: { a: {} } }),
  policy(ALLOW, { context: { a: [] } }),
  { principalId: 'me', policyDocument: { Version: '2099-01-01', Statement: ALLOW } },
];
for (const value of malformedPolicies) {
  test(`${JSON.stringify(value)} is not the answer of an authorizer`, () => {
    assert.throws(() => read(value), FormatError);
  });
}

test('a name is read as it is written, whatever texts came before', () => {
  const escaped = '{"isAuthorized":true}'.replace('isAuth', '\\u0069sAuth');
  assert.equal(read(escaped, true).judge(arn).verdict, 'allow');
  assert.throws(() => read('{"\\u006AsAuthorized":true}', true), FormatError);
});

test('a number that is not valid is malformed', () => {
  assert.throws(() => read('{"isAuthorized":true,"context":{"n":1e999}}', true), FormatError);
});

test('more values than an authorizer has to tell are malformed', () => {
  const answer = (count: number) => JSON.stringify({ isAuthorized: true, context: Array(count).fill(1) });
  assert.equal(read(answer(19_000), true).judge(arn).verdict, 'allow');
  assert.throws(() => read(answer(20_000), true), FormatError);
});

test('names of prototypes are names like any other', () => {
  assert.throws(() => read('{"__proto__":{"isAuthorized":true}}', true), FormatError);
  assert.equal(verdict(JSON.parse('[{"__proto__":{"Effect":"Allow"},"Action":"*","Resource":"*"}]')), 'deny-explicit');
});

const cases: readonly (readonly [string, unknown, string])[] = [
  ['no statement', [], 'deny-default'],
  ['an Allow of everything', ALLOW, 'allow'],
  ['a Deny behind an Allow', [ALLOW, { ...ALLOW, Effect: 'Deny' }], 'deny-explicit'],
  ['a Deny before an Allow', [{ ...ALLOW, Effect: 'Deny' }, ALLOW], 'deny-explicit'],
  ['a Deny of something else', [ALLOW, { ...ALLOW, Effect: 'Deny', Resource: '*/GET/users' }], 'allow'],
  ['the ARN itself', { ...ALLOW, Resource: arn.text }, 'allow'],
  ['another stage', { ...ALLOW, Resource: arn.text.replace('prod', 'test') }, 'deny-default'],
  ['another method', { ...ALLOW, Resource: arn.text.replace('GET', 'POST') }, 'deny-default'],
  ['another spelling of the path', { ...ALLOW, Resource: arn.text.toUpperCase() }, 'deny-default'],
  ['a list', { ...ALLOW, Action: ['s3:*', 'execute-api:Invoke'], Resource: ['x', '*/orders/?'] }, 'allow'],
  ['execute-api:*', { ...ALLOW, Action: 'execute-api:*' }, 'allow'],
  ['another action', { ...ALLOW, Action: 'execute-api:ManageConnections' }, 'deny-default'],
  ['allow in lower case', { ...ALLOW, Effect: 'allow' }, 'deny-explicit'],
  ['an Allow beside an unknown effect', [ALLOW, { ...ALLOW, Effect: 'deny' }], 'deny-explicit'],
  ['NotResource of something else', { Effect: 'Allow', Action: '*', NotResource: '*/users' }, 'allow'],
  ['NotResource of it', { Effect: 'Allow', Action: '*', NotResource: '*/orders/*' }, 'deny-default'],
  ['a Deny of all but it', [ALLOW, { Effect: 'Deny', Action: '*', NotResource: '*/orders/*' }], 'allow'],
  ['a Deny of all but others', [ALLOW, { Effect: 'Deny', Action: '*', NotResource: '*/users' }], 'deny-explicit'],
  ['an Allow with a Condition', { ...ALLOW, Condition: { Bool: { a: 'true' } } }, 'deny-default'],
  [
    'a Deny with a Condition',
    [ALLOW, { ...ALLOW, Effect: 'Deny', Condition: { Bool: { a: 'true' } } }],
    'deny-explicit',
  ],
  ['an Allow with NotAction', { Effect: 'Allow', NotAction: 's3:*', Resource: '*' }, 'deny-default'],
  ['a Deny with NotAction', [ALLOW, { Effect: 'Deny', NotAction: 's3:*', Resource: '*' }], 'deny-explicit'],
  ['no Action', { Effect: 'Allow', Resource: '*' }, 'deny-default'],
  ['no Resource', { Effect: 'Allow', Action: '*' }, 'deny-default'],
  ['a Deny without Resource', [ALLOW, { Effect: 'Deny', Action: '*' }], 'deny-explicit'],
  ['empty lists', { Effect: 'Allow', Action: [], NotResource: [] }, 'deny-default'],
  ['a Deny of an empty NotResource', [ALLOW, { Effect: 'Deny', Action: '*', NotResource: [] }], 'deny-explicit'],
  ['Resource and NotResource', { ...ALLOW, NotResource: 'x' }, 'deny-default'],
  ['a number as Resource', { ...ALLOW, Resource: [7, '*'] }, 'deny-default'],
  ['a policy variable', { ...ALLOW, Resource: `*$\{aws:username}*` }, 'deny-default'],
  ['a Deny with a policy variable', [ALLOW, { ...ALLOW, Effect: 'Deny', Resource: `x$\{a}` }], 'deny-explicit'],
  ['an unknown element', { ...ALLOW, Principal: '*' }, 'deny-default'],
];
for (const [name, statement, expected] of cases) {
  test(`a policy with ${name}: ${expected}`, () => assert.equal(verdict(statement), expected));
}

test('what is denied is denied under every reading of the path', () => {
  const statements = [ALLOW, { ...ALLOW, Effect: 'Deny', Resource: '*/GET/admin' }];
  for (const path of ['/admin', '/%61dmin', '/admin;v=1', '/%61dmin;x', '/adm%69n', '/%2561dmin', '/adm%256%39n%3bx']) {
    assert.equal(verdict(statements, methodArn(stageArn(parts), 'GET', path)), 'deny-explicit', path);
  }
  const allButAdmin = { Effect: 'Allow', Action: '*', NotResource: '*/GET/admin' };
  assert.equal(verdict(allButAdmin, methodArn(stageArn(parts), 'GET', '/%61dmin')), 'deny-default');
  const itself = methodArn(stageArn(parts), 'GET', '/a%20b;v=1');
  assert.equal(verdict({ ...ALLOW, Resource: itself.text }, itself), 'allow');
});

test('a policy that takes too long to match is malformed', () => {
  const long = methodArn(stageArn(parts), 'GET', `/${'a'.repeat(1_400)}`);
  const statements = Array.from({ length: 500 }, () => ({ ...ALLOW, Resource: `*${'a'.repeat(300)}b*` }));
  assert.throws(() => verdict(statements, long), FormatError);
});

test('only the exact words of an error are a 401', () => {
  assert.equal(isUnauthorized(Buffer.from('{"errorMessage":"Unauthorized","errorType":"Error"}')), true);
  for (const text of [
    '{"errorMessage":"unauthorized"}',
    '{"errorMessage":"Unauthorized "}',
    '"Unauthorized"',
    '',
    '{"errorMessage":["Unauthorized"]}',
  ]) {
    assert.equal(isUnauthorized(Buffer.from(text)), false, text);
  }
});

test('of an event nothing is made but the members that are asked for', () => {
  const many = `{${Array.from({ length: 30_000 }, (_, i) => `"p${i}":"1"`).join(',')}}`;
  const text = `{"headers":${many},"requestContext":{"stage":"a"},"__proto__":{"stageVariables":1},"more":[]}`;
  const names = new Set(['requestContext', 'stageVariables']);
  assert.deepEqual(readMembers(Buffer.from(text), names), { requestContext: { stage: 'a' } });
  assert.throws(() => readMembers(Buffer.from('{"a":1} 2'), names), JsonSyntaxError);
});
