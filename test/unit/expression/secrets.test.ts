import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { compileTemplate, type EvaluationContext, ExpressionError } from '../../../src/expression/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'secrets-'));
after(() => rmSync(directory, { recursive: true }));

const context: EvaluationContext = { attributes: new Map(), variables: new Map([['name', 'env:SECRET_FOR_A_TEST']]) };
const secret = (template: string) => compileTemplate(template, { secrets: true }).evaluate(context);

test('a secret comes from a variable or a file that a literal names', () => {
  process.env.SECRET_FOR_A_TEST = 'from the environment';
  const file = join(directory, 'key');
  writeFileSync(file, 'from a file\n');
  assert.equal(secret("{#secrets.get('env:SECRET_FOR_A_TEST')}"), 'from the environment');
  assert.equal(secret(`{#secrets.get('file:${file}')}`), 'from a file');
  assert.equal(secret("a {#secrets.get('env:SECRET_FOR_A_TEST')} b"), 'a from the environment b');
  writeFileSync(file, 'rotated');
  assert.equal(secret(`{#secrets.get('file:${file}')}`), 'rotated');
});

test('a fifo is no secret and is not waited for', () => {
  const fifo = join(directory, 'fifo');
  execFileSync('mkfifo', [fifo]);
  assert.throws(() => secret(`{#secrets.get('file:${fifo}')}`), /not a regular file/);
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
    assert.throws(() => compileTemplate(template, { secrets: true }), parseError, template);
    assert.throws(() => compileTemplate(template), parseError, template);
  }
});

test('a secret that is missing is an error without a value', () => {
  assert.throws(
    () => secret("{#secrets.get('env:NO_SUCH_VARIABLE_FOR_A_TEST')}"),
    (error) => error instanceof ExpressionError && /NO_SUCH_VARIABLE_FOR_A_TEST/.test(error.message),
  );
  assert.throws(() => secret(`{#secrets.get('file:${directory}/none')}`), /ENOENT/);
});
