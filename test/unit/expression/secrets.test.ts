import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compileTemplate,
  type EvaluationContext,
  ExpressionError,
  SecretRefused,
  type SecretSource,
} from '../../../src/expression/index.ts';

const context: EvaluationContext = { attributes: new Map(), variables: new Map([['name', 'env:A']]) };
/** Opens what is called A or /a. */
const secrets: SecretSource = {
  find(scheme, name) {
    if (name !== 'A' && name !== '/a') return { refused: `${scheme}:${name} is not open` };
    return { read: () => `the ${scheme}` };
  },
};
const secret = (template: string) => compileTemplate(template, { secrets }).evaluate(context);

test('a secret is what the source says of the name that a literal has', () => {
  assert.equal(secret("{#secrets.get('env:A')}"), 'the env');
  assert.equal(secret("{#secrets.get('file:/a')}"), 'the file');
  assert.equal(secret("a {#secrets.get('env:A')} b"), 'a the env b');
  assert.equal(compileTemplate("{#secrets.get('env:A')}", { secrets }).secrets.length, 1);
});

test('a secret that the source refuses is refused when it is compiled, with its reason', () => {
  assert.throws(
    () => secret("{#secrets.get('env:HOME')}"),
    (error) => error instanceof SecretRefused && error.message === 'env:HOME is not open',
  );
});

test('a secret is refused when it is compiled wherever else it stands', () => {
  const parseError = { name: 'ExpressionError', phase: 'parse' };
  assert.throws(() => compileTemplate("{#secrets.get('env:HOME')}"), {
    ...parseError,
    message: /credential fields only/,
  });
  for (const template of [
    '{#secrets}',
    "{#secrets.get('HOME')}",
    "{#secrets.get('env:')}",
    "{#secrets.get('file:relative')}",
    "{#secrets.get('vault:a')}",
    '{#secrets.get(#name)}',
    "{#secrets.get('env:' + 'HOME')}",
    "{#secrets['get']('env:HOME')}",
    '{#secrets?.values()}',
    "{(#secrets.get('env:HOME') + 'x')}",
    "{({#secrets.get('env:HOME')}[0])}",
    "{#name.![#secrets.get('env:HOME')]}",
    "{#jsonPath(#secrets.get('env:HOME'), '$')}",
  ]) {
    assert.throws(() => compileTemplate(template, { secrets }), parseError, template);
    assert.throws(() => compileTemplate(template), parseError, template);
  }
});

test('a secret that cannot be read is an error of the evaluation', () => {
  const broken: SecretSource = {
    find: () => ({
      read: () => {
        throw new Error('the environment has no variable A');
      },
    }),
  };
  assert.throws(
    () => compileTemplate("{#secrets.get('env:A')}", { secrets: broken }).evaluate(context),
    (error) => error instanceof ExpressionError && error.message === 'the environment has no variable A',
  );
});
