import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { kindsTable } from '../../../scripts/reference/kinds-table.ts';
import { metricsPage } from '../../../scripts/reference/metrics-reference.ts';
import { ResultCache } from '../../../src/cache/index.ts';
import { parseCommandLine, variableOf } from '../../../src/commands/command-line.ts';
import { commandDefinitions } from '../../../src/commands/definitions.ts';
import { commandHelp } from '../../../src/commands/help.ts';
import { unlimitedMemory } from '../../../src/memory-account.ts';
import { FAILURE_KINDS, Metrics, metricCatalogue } from '../../../src/observability/index.ts';
import { failureRecord } from '../../support/failure-record.ts';

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
      assert.equal(row?.cells[0], flag.variable === false ? 'none' : `\`${variableOf(flag)}\``);
      if (flag.fallback !== undefined) assert.equal(row?.cells[1], `\`${flag.fallback}\``);
    }
  });
}

for (const command of commandDefinitions) {
  test(`the help of ${command.name} ends with an example that it understands`, () => {
    assert.match(commandHelp(command), /\n\nExamples?:\n(?: {2}lambda-ext-proc .+\n)+$/);
    for (const example of command.examples) {
      const [program, name, ...args] = wordsOf(example);
      assert.deepEqual([program, name], ['lambda-ext-proc', command.name]);
      // `try` reads options as of curl by itself.
      if (command.name !== 'try') parseCommandLine(command, args, {});
    }
  });
}

/** The words of a line of a shell, up to `|` or `>`. */
function wordsOf(line: string): readonly string[] {
  const [before = ''] = line.split(/ [|>] /);
  return [...before.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word = '']) => quoted ?? word);
}

/** A metric as the catalogue, the page and the registry describe it. */
const described = (name: string, type: string, labels: readonly string[]): string =>
  `${name} ${type} ${[...labels].sort().join(',')}`;

const catalogue = Object.values(metricCatalogue).map(({ name, type, labels }) =>
  described(name, type, Object.keys(labels)),
);

test('the metrics of a process are those of the catalogue, with their types, labels and values', async () => {
  const metrics = new Metrics();
  metrics.reload(true);
  metrics.observeWorkers(() => ({ ready: 0, wanted: 0, restarts: 0 }));
  metrics.watchProcess('0.0.0');
  metrics.stop();
  const end = { outcome: 'error', key: 'k', attempts: 1, seconds: 0.1 } as const;
  for (const kind of metricCatalogue.invocations.labels.kind) {
    const retried = kind === '' ? [] : [kind];
    metrics.invocation({ api: 'a', policy: 'p', function: 'f' }).end({ ...end, kind, retried });
  }
  metrics.observeCircuits(() => ['open' as const, 'half_open' as const].map((state) => ({ function: 'f', state })));
  metrics.credentialsRefreshed('default', true);
  metrics.circuitOpened('f');
  metrics.sidecarTime('a', 0.1);
  for (const kind of FAILURE_KINDS) metrics.failed(failureRecord({ kind }));
  metrics.bodyUnavailable('x');
  metrics.immediateResponse('a', 'x');
  metrics.protocolViolation('x');
  metrics.observeCredentials(() => [{ source: 'default', ok: true, obtainedAt: 0, expiresAt: 0 }]);
  metrics.observeCache(
    new ResultCache(
      () => ({ bytes: 0, share: () => 1 }),
      unlimitedMemory,
      () => 0,
    ),
  );
  metrics.observeStore({
    isConfigured: true,
    isConnected: true,
    lookups: { hit: 0, miss: 0, rejected: 0, timeout: 0, error: 0, skipped: 0 },
    writes: { stored: 0, error: 0, skipped: 0 },
  });
  const snapshot = await metrics.snapshot();
  const code = snapshot.map(({ name, type, values }) => {
    const labels = new Set(values.flatMap((value) => Object.keys(value.labels)));
    labels.delete('le');
    return described(name, String(type), [...labels]);
  });
  assert.deepEqual(code.sort(), [...catalogue].sort());
  for (const { name, labels } of Object.values(metricCatalogue)) {
    // Of those there is one here.
    if (name === metricCatalogue.invocations.name || name === metricCatalogue.refusedInvocations.name) continue;
    for (const [label, values] of Object.entries<readonly string[] | null>(labels)) {
      if (values === null) continue;
      const series = snapshot.find((metric) => metric.name === name)?.values ?? [];
      const found: unknown[] = [...new Set(series.map((value) => value.labels[label]))];
      assert.deepEqual(found, values, `${name}: ${label}`);
    }
  }
});

test('the page of metrics is what the catalogue gives, with a row for each metric', () => {
  const text = page('metrics');
  assert.equal(text, metricsPage(), 'run node scripts/write-reference.ts');
  const rows = [...text.matchAll(/^\| `([a-z_]+)` \| (\w+) \|/gm)].map(([, name, type]) => `${name} ${type}`);
  const expected = Object.values(metricCatalogue).map(({ name, type }) => `${name} ${type}`);
  assert.deepEqual(rows.sort(), expected.sort());
});

test('the page of logs has a row for each kind of failure, as the catalogue gives it', () => {
  assert.ok(page('logs').includes(kindsTable()), 'run node scripts/write-reference.ts');
});
