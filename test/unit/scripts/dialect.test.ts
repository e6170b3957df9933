// The dialect that CONTRIBUTING.md tells, as far as no linter holds it.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../../..');

interface Source {
  readonly file: string;
  readonly lines: readonly string[];
}

function sources(pattern: string): readonly Source[] {
  const files = globSync(pattern, { cwd: root }).filter((file) => !file.includes('/generated/'));
  assert.ok(files.length > 100);
  return files.map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n') }));
}

/** `file:line text` of each line that matches. */
function found(pattern: string, wrong: RegExp): readonly string[] {
  return sources(pattern).flatMap(({ file, lines }) =>
    lines.flatMap((line, index) => (wrong.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
  );
}

test('no source file has more than 300 lines', () => {
  const long = sources('src/**/*.ts').filter(({ lines }) => lines.length - 1 > 300);
  assert.deepEqual(
    long.map(({ file, lines }) => `${file}: ${lines.length - 1}`),
    [],
  );
});

test('one more is written ++, one less --', () => {
  assert.deepEqual(found('{src,test,bench,scripts,demo}/**/*.ts', / [+-]= 1(?:;|\) \{)/), []);
});

test('a private member is written #name', () => {
  assert.deepEqual(found('src/**/*.ts', /^ +private (?!constructor\b)/), []);
});

test('a constant number, text, pattern or set of a source file has a name in capitals', () => {
  const value = /(?:-?\d|'|"|`|\/(?![/*])|new (?:Set|Map)\b(?:<.*>)?\((?!\)))/.source;
  assert.deepEqual(found('src/**/*.ts', new RegExp(`^(?:export )?const [a-z]\\w*(?:: [^=]+)? = ${value}`)), []);
});

test('the name of a test is a sentence in plain words', () => {
  assert.deepEqual(found('test/**/*.ts', /^ *(?:test|it|describe)\(['`]\w+_\w+_\w+['`]/), []);
});
