import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { variableOf } from '../../../src/commands/command-line.ts';
import { commandDefinitions } from '../../../src/commands/definitions.ts';
import { Metrics } from '../../../src/observability/index.ts';

const page = (name: string): string =>
  readFileSync(new URL(`../../../docs/reference/${name}.md`, import.meta.url), 'utf8');

/** The part under `## name`. */
function section(text: string, name: string): string {
  const start = text.indexOf(`\n## ${name}\n`);
  assert.ok(start >= 0, `no section ${name}`);
  const end = text.indexOf('\n## ', start + 1);
  return text.slice(start, end < 0 ? undefined : end);
}

for (const command of commandDefinitions) {
  test(`the page of ${command.name} has exactly its flags, with variables and defaults`, () => {
    const rows = [...section(page('command-line'), command.name).matchAll(/^\| `--(.+?)` +\|(.*)\|$/gm)];
    const documented = rows.map(([, flag = '', rest = '']) => {
      const [name, ...value] = flag.split(' ');
      return {
        name,
        value: value.join(' ').replaceAll('\\|', '|'),
        cells: rest.split(/(?<!\\)\|/).map((cell) => cell.trim()),
      };
    });
    assert.deepEqual(documented.map(({ name }) => name).sort(), command.flags.map(({ name }) => name).sort());
    for (const flag of command.flags) {
      const row = documented.find(({ name }) => name === flag.name);
      assert.equal(row?.value, flag.value ?? '');
      assert.equal(row?.cells[0], `\`${variableOf(flag)}\``);
      if (flag.fallback !== undefined) assert.equal(row?.cells[1], `\`${flag.fallback}\``);
    }
  });
}

test('the page of metrics has exactly the metrics of the code, with their types and labels', async () => {
  const metrics = new Metrics();
  metrics.reload(true);
  metrics.observeWorkers(() => ({ ready: 0, wanted: 0, restarts: 0 }));
  metrics.watchProcess('0.0.0');
  metrics.stop();
  metrics.invocation({ api: 'a', policy: 'p', function: 'f', outcome: 'ok', key: '' }, 0.1);
  metrics.passThrough('x');
  metrics.bodyUnavailable('x');
  metrics.immediateResponse('x');
  metrics.protocolViolation('x');
  metrics.observeCredentials(() => [{ source: 'default', obtainedAt: 0, expiresAt: 0 }]);
  const code = (await metrics.snapshot()).map(({ name, type, values }) => {
    const labels = new Set(values.flatMap((value) => Object.keys(value.labels)));
    labels.delete('le');
    return `${name} ${type} ${[...labels].join(',')}`;
  });
  const rows = [...page('metrics').matchAll(/^\| `([a-z_]+)` *\| *(\w+) *\| *(.*?) *\|/gm)];
  const documented = rows.map(([, name, type, labels = '']) => {
    const names = labels.split(':', 1)[0]?.match(/`\w+`/g) ?? [];
    return `${name} ${type} ${names.map((label) => label.slice(1, -1)).join(',')}`;
  });
  assert.deepEqual(documented.sort(), code.sort());
});
