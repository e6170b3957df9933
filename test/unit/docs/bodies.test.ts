import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readContext } from '../../../src/commands/eval-context.ts';
import { formatProblem, loadPolicies } from '../../../src/config/index.ts';

const page = readFileSync(new URL('../../../docs/guides/bodies.md', import.meta.url), 'utf8');
const [, request = ''] = /```json\n(.*?)```/s.exec(page) ?? [];

function load(fields: string) {
  const indented = fields.replaceAll(/^(?=.)/gm, '          ');
  const steps = `version: 1\napis:\n  a:\n    request:\n      - configuration:\n          function: f\n${indented}`;
  return loadPolicies(steps, 'policies.yaml');
}

test('every body of the guide gives what it says, without a warning', () => {
  const context = readContext(JSON.parse(request));
  const examples = [...page.matchAll(/```yaml\n(.*?)```\n(?:\n|gives\n)+```json\n(.*?)\n```/gs)];
  assert.equal(examples.length, 4);
  for (const [, fields = '', expected = ''] of examples) {
    const { set, warnings } = load(fields);
    assert.deepEqual(warnings, [], fields);
    const payload = set.byName('a')?.request[0]?.configuration.requestFormat.encode(context);
    assert.equal(Buffer.from(payload ?? '').toString(), expected);
  }
});

test('the guide’s text with unescaped values is warned of, each with its place and remedy', () => {
  const [, fields = ''] = /```yaml warned\n(.*?)```/s.exec(page) ?? [];
  const lines = load(fields).warnings.map(formatProblem);
  assert.equal(lines.length, 2, lines.join('\n'));
  for (const line of lines) assert.match(line, /payload: warning: .*write the body as an object, or \{#json\(…\)\}/);
});
