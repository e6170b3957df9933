/** The original's own answers, asked once and kept in answers/. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { jsonContent, jsonPath, xmlContent, xpath } from '../../../../src/expression/functions/index.ts';
import { javaText } from '../../../../src/expression/java/object.ts';
import { EvaluationFailure, type Value } from '../../../../src/expression/value.ts';
import { newRun } from './run.ts';

interface Answers {
  readonly documents: readonly string[];
  readonly cases: readonly (readonly [number, ...(string | null | false)[]])[];
}

function read(name: string): Answers {
  return JSON.parse(readFileSync(new URL(`answers/${name}.json`, import.meta.url), 'utf8'));
}

/** As the answers are written: null, false for an error, else the result's toString(). */
function outcome(evaluate: () => Value): string | null | false {
  try {
    const value = evaluate();
    return value === null ? null : javaText(value);
  } catch (error) {
    if (error instanceof EvaluationFailure) return false;
    throw error;
  }
}

function check(
  name: string,
  least: number,
  answer: (document: string, given: readonly unknown[]) => readonly unknown[],
) {
  const { documents, cases } = read(name);
  assert.ok(cases.length >= least, `${cases.length} cases`);
  for (const [document, ...row] of cases) {
    const given = documents[document] ?? '';
    assert.deepEqual(answer(given, row), row, `${given.slice(0, 200)} ${JSON.stringify(row)}`);
  }
}

for (const [name, least] of [
  ['json-paths', 1100],
  ['json-paths-at-random', 1000],
] as const) {
  test(`every answer in ${name} is ours too`, () => {
    check(name, least, (document, [path]) => [path, outcome(() => jsonPath(document, String(path), newRun()))]);
  });
}

test('every text in json-texts is read as the original reads it', () => {
  check('json-texts', 240, (document) => [outcome(() => jsonPath(document, '$', newRun()))]);
});

test('every body in json-contents makes the same map', () => {
  check('json-contents', 45, (document) => [outcome(() => jsonContent(document))]);
});

test('every body in xml-contents makes the same map', () => {
  check('xml-contents', 90, (document) => [outcome(() => xmlContent(document))]);
});

test('every answer in xpaths is ours too', () => {
  check('xpaths', 2000, (document, [path, result]) => [
    path,
    result,
    outcome(() => xpath(document, String(path), typeof result === 'string' ? result : null, newRun())),
  ]);
});

test('every text in xml-texts is accepted or refused as by the original', () => {
  check('xml-texts', 160, (document) => [
    outcome(() => xpath(document, '/*', null, newRun())),
    outcome(() => xpath(document, 'name(/*)', 'string', newRun())),
  ]);
});
