import assert from 'node:assert/strict';
import { formatProblem, type LoadedPolicies, loadPolicies, PolicyDocumentError } from '../../../src/config/index.ts';
import type { ApiPolicies, PolicyStep } from '../../../src/policy/index.ts';

export function load(text: string, fileName = 'policies.yaml'): LoadedPolicies {
  return loadPolicies(text, fileName);
}

/** The lines that `check` prints, errors and warnings. */
export function problemsOf(text: string, fileName = 'policies.yaml'): readonly string[] {
  try {
    return load(text, fileName).warnings.map(formatProblem);
  } catch (error) {
    assert.ok(error instanceof PolicyDocumentError, String(error));
    return error.problems.map(formatProblem);
  }
}

/** A document with one request step in the API `orders`; `configuration` is YAML flow text without its braces. */
export function withStep(configuration: string, step = ''): string {
  return `version: 1\napis:\n  orders:\n    request:\n      - {${step}configuration: {${configuration}}}\n`;
}

export function api(loaded: LoadedPolicies, name = 'orders'): ApiPolicies {
  const found = loaded.set.byName(name);
  assert.ok(found);
  return found;
}

export function firstStep(loaded: LoadedPolicies): PolicyStep {
  const [step] = api(loaded).request;
  assert.ok(step);
  return step;
}

/** Each line must hold the words of one expectation, in order. */
export function assertLines(lines: readonly string[], ...expected: (readonly string[])[]): void {
  assert.equal(lines.length, expected.length, lines.join('\n'));
  for (const [index, words] of expected.entries()) {
    for (const word of words) assert.ok(lines[index]?.includes(word), `${word} is missing in: ${lines[index]}`);
  }
}
