import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionNameVerdict, parseFunctionName, qualifierVerdict } from '../../../src/lambda/request/function-name.ts';

const account = '123456789012';

test('every form of a name in every partition is read into its parts', () => {
  const regions = ['us-east-1', 'cn-north-1', 'us-gov-west-1', 'us-iso-east-1', 'eu-isoe-west-1', 'eusc-de-east-1'];
  const partitions = ['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-e', 'aws-eusc'];
  const qualifiers = [undefined, '1', 'live', 'a-b_C', '$LATEST', '$LATEST.PUBLISHED'];
  for (const qualifier of qualifiers) {
    const end = qualifier === undefined ? '' : `:${qualifier}`;
    const name = { name: 'my-function', qualifier };
    const check = (text: string, region?: string, of?: string): void => {
      assert.equal(functionNameVerdict(text), 'known', text);
      assert.deepEqual({ ...parseFunctionName(text) }, { region, account: of, ...name }, text);
    };
    check(`my-function${end}`);
    check(`function:my-function${end}`);
    check(`${account}:my-function${end}`, undefined, account);
    check(`${account}:function:my-function${end}`, undefined, account);
    regions.forEach((region, i) => {
      check(`${region}:${account}:function:my-function${end}`, region, account);
      check(`arn:${partitions[i]}:lambda:${region}:${account}:function:my-function${end}`, region, account);
    });
  }
});

test('what the grammar may come to allow is unknown and still read', () => {
  for (const name of [
    'f:$NEXT',
    'f:$LATEST.DRAFT',
    'f:v1.2',
    'f@home',
    'arn:aws2:lambda:us-east-1:123456789012:function:f',
    'arn:aws:lambda:moon-base-north-12:123456789012:function:f:live',
    'f'.repeat(257),
  ]) {
    assert.equal(functionNameVerdict(name), 'unknown', name);
    assert.notEqual(parseFunctionName(name), undefined, name);
  }
  assert.deepEqual(
    { ...parseFunctionName('f:$NEXT.ONE') },
    { region: undefined, account: undefined, name: 'f', qualifier: '$NEXT.ONE' },
  );
});

test('what can never be a name is invalid', () => {
  for (const name of [
    '',
    ' ',
    'a b',
    'f/g',
    'f?x',
    'f#x',
    'f%20',
    'ü',
    'f:',
    ':live',
    'f:live:more',
    'f\n',
    'arn:aws:s3:::bucket',
    'arn:aws:lambda:us-east-1:123456789012:layer:l:1',
    'arn:aws:lambda:us-east-1:1234:function:f',
    `arn:aws:states:us-east-1:${account}:stateMachine:m`,
    'f'.repeat(3_000),
  ]) {
    assert.equal(functionNameVerdict(name), 'invalid', name);
  }
});

test('a qualifier is a version an alias or a latest', () => {
  for (const qualifier of ['1', 'live', 'a-b_C', '$LATEST', '$LATEST.PUBLISHED', 'a$b', 'x'.repeat(128)]) {
    assert.equal(qualifierVerdict(qualifier), 'known', qualifier);
  }
  for (const qualifier of ['$LATEST.DRAFT', 'v1.2', 'x'.repeat(129)]) {
    assert.equal(qualifierVerdict(qualifier), 'unknown', qualifier);
  }
  for (const qualifier of ['', 'a b', 'a:b', 'a/b', 'live\n']) {
    assert.equal(qualifierVerdict(qualifier), 'invalid', qualifier);
  }
});

test('hostile names are read in no time', () => {
  const started = performance.now();
  for (const part of ['arn:', 'us-', '123456789012:', 'a-', 'function:', '$', ':']) {
    functionNameVerdict(part.repeat(2_048 / part.length));
    functionNameVerdict(`${part.repeat(2_000 / part.length)} `);
  }
  assert.ok(performance.now() - started < 1_000);
});
