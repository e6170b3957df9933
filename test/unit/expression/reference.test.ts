import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readContext } from '../../../src/commands/eval-context.ts';
import { compileTemplate } from '../../../src/expression/index.ts';

const reference = readFileSync(new URL('../../../docs/reference/expressions.md', import.meta.url), 'utf8');
const [, json = ''] = /```json\n(.*?)```/s.exec(reference) ?? [];
const [, script = ''] = /```js\n(.*?)```/s.exec(reference) ?? [];

/** Rows of the tables whose first columns are `Template` and `Gives`. */
const examples = reference
  .split('\n\n')
  .filter((block) => /^\| Template +\| Gives/.test(block))
  .flatMap((block) => block.split('\n').slice(2))
  .map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|')));

test('every example of the reference gives what it says', () => {
  assert.ok(examples.length > 40, `${examples.length} examples`);
  const context = readContext(JSON.parse(json));
  for (const [, template = '', gives = ''] of examples) {
    const text = template.replace(/^`|`$/g, '');
    const expected = gives === 'null' ? null : gives.replace(/^`|`$/g, '');
    assert.equal(compileTemplate(text).evaluate(context), expected, text);
  }
});

test('the script of the reference prints what it says', async (t) => {
  const lines: string[] = [];
  t.mock.method(console, 'log', (line: unknown) => lines.push(String(line)));
  const index = new URL('../../../src/expression/index.ts', import.meta.url).href;
  const source = script.replace("'lambda-ext-proc/expression'", `'${index}'`);
  assert.notEqual(source, script);
  await import(`data:text/javascript,${encodeURIComponent(source)}`);
  const promised = [...script.matchAll(/\/\/ (.+)$/gm)].map(([, comment = '']) => comment.replace(/: .*/, ''));
  assert.equal(promised.length, 4);
  assert.deepEqual(lines.slice(0, 4), promised);
  assert.match(lines[4] ?? '', /^expected an expression/);
});
