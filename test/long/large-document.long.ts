import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPolicies, PolicyDocumentError } from '../../src/config/index.ts';

/** What grows with the number of names, each a way to fill a document. */
const documents: Readonly<Record<string, (names: readonly string[]) => string>> = {
  apis: (names) => `version: 1\napis:\n${names.map((name) => `  ${name}: {}`).join('\n')}\n`,
  properties: (names) => `version: 1\napis: {a: {properties: {${names.map((name) => `${name}: 1`).join(', ')}}}}\n`,
  dictionaries: (names) =>
    `version: 1\ndictionaries: {${names.map((name) => `${name}: {a: b}`).join(', ')}}\napis:\n${names
      .map((name) => `  ${name}: {}`)
      .join('\n')}\n`,
  steps: (names) =>
    `version: 1\napis: {a: {request: [${names.map((name) => `{name: ${name}, configuration: {function: f}}`).join(', ')}]}}\n`,
  'warnings about misspelt variables': (names) =>
    `version: 1\napis: {a: {request: [${names.map((name) => `{name: ${name}, configuration: {function: f, payload: "{#reqest}"}}`).join(', ')}]}}\n`,
  'variables that read another': (names) =>
    `version: 1\napis: {a: {request: [{configuration: {function: f, variables: [{name: first, value: "{#request.path}"}, ${names.map((name) => `{name: ${name}, value: "{#context.attributes['${name}']}"}`).join(', ')}]}}]}}\n`,
  'blanks in an expression': (names) =>
    `version: 1\napis: {a: {request: [{configuration: {function: f, payload: "{#request.headers${' '.repeat(names.length)}.size()}"}}]}}\n`,
  'unknown fields': (names) => `version: 1\napis: {a: {${names.map((name) => `${name}: 1`).join(', ')}}}\n`,
  'a name that stands twice': (names) =>
    `version: 1\napis: {${names.map((name) => `${name}: {}`).join(', ')}, n0: {}}\n`,
};

const SIZE = 10_000;

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `n${index}`);
}

/** The least of five runs: thread CPU in milliseconds. */
function cost(text: string, file: string): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run++) {
    const before = process.threadCpuUsage();
    try {
      loadPolicies(text, file);
    } catch (error) {
      if (!(error instanceof PolicyDocumentError)) throw error;
    }
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}

for (const [what, write] of Object.entries(documents)) {
  test(`twice as many names cost twice as much: ${what}`, () => {
    const once = cost(write(names(SIZE)), 'policies.yaml');
    const twice = cost(write(names(2 * SIZE)), 'policies.yaml');
    console.log(`${what}: ${SIZE} names ${once.toFixed(0)} ms, twice as many ${twice.toFixed(0)} ms`);
    assert.ok(twice < 3 * once, `${once} ms, then ${twice} ms`);
  });
}
