// The dashboard and the rules: made from the metrics' catalogue, complete, and with a section of the runbook for each alert. A real
// Prometheus runs them in test/long/alerts.long.ts.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { dashboard } from '../../../scripts/observability/dashboard.ts';
import { RUNBOOK, rulesText } from '../../../scripts/observability/rules.ts';
import { metricCatalogue } from '../../../src/observability/index.ts';
import { chart, deploy } from '../../support/deploy.ts';
import { dashboardQueries, ruleGroups } from '../../support/observability.ts';

const root = join(import.meta.dirname, '../../..');
const grafana = readFileSync(join(deploy, 'grafana/dashboard.json'), 'utf8');
const prometheus = readFileSync(join(deploy, 'prometheus/rules.yaml'), 'utf8');
const rules = ruleGroups().flatMap((group) => group.rules);
const alerts = rules.filter(({ alert }) => alert !== undefined);

test('dashboard and rules are what `npm run generate` makes', () => {
  assert.equal(grafana, `${JSON.stringify(dashboard(), null, 2)}\n`);
  assert.equal(prometheus, rulesText());
});

test('the chart has no copies: its files are links to the ones that are made', () => {
  assert.equal(readFileSync(join(chart, 'files/dashboard.json'), 'utf8'), grafana);
  assert.equal(readFileSync(join(chart, 'files/rules.yaml'), 'utf8'), prometheus);
});

/** Each series that Prometheus gets of the catalogue, with the labels that it may have. */
const series = new Map(
  Object.values(metricCatalogue).flatMap(({ name, type, labels }) => {
    const names = type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name];
    return names.map((one) => [one, labels as Readonly<Record<string, readonly string[] | null>>] as const);
  }),
);
const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
const FROM_PROMETHEUS = ['job', 'instance', 'le'];

test('each metric, label and value of dashboard and rules is one of the catalogue', () => {
  const queries = [...dashboardQueries().map(({ expr }) => expr), ...rules.map(({ expr }) => expr)];
  assert.ok(queries.length > 80);
  for (const query of queries) assert.deepEqual(unknownIn(query), [], query);
});

test('what the catalogue does not have is found', () => {
  assert.deepEqual(unknownIn('sum by (colour) (rate(lambda_ext_proc_streams_total{outcome="green", phase="x"}[5m]))'), [
    'lambda_ext_proc_streams_total{outcome="green"}',
    'lambda_ext_proc_streams_total has no label phase',
    'no label colour',
  ]);
  assert.deepEqual(unknownIn('lambda_ext_proc_colours'), ['lambda_ext_proc_colours']);
});

function unknownIn(query: string): readonly string[] {
  const unknown: string[] = [];
  const labels = new Set(FROM_PROMETHEUS);
  for (const [, name = '', matchers = ''] of query.matchAll(
    /\b((?:job_\w+:)?(?:lambda_ext_proc|process|nodejs)_[\w:]+)(?:\{([^}]*)\})?/g,
  )) {
    const known = series.get(name);
    if (known === undefined && !recorded.has(name)) unknown.push(name);
    for (const label of Object.keys(known ?? {})) labels.add(label);
    for (const [, label = '', operator, value = ''] of matchers.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)) {
      if (FROM_PROMETHEUS.includes(label)) continue;
      const values = known?.[label];
      if (values === undefined) unknown.push(`${name} has no label ${label}`);
      const wanted = value.startsWith('$') ? [] : value.split('|');
      for (const one of wanted) {
        if (values && !values.includes(one)) unknown.push(`${name}{${label}${operator}"${one}"}`);
      }
    }
  }
  for (const [, list = ''] of query.matchAll(/\b(?:by|on|group_left) \(([^)]*)\)/g)) {
    for (const label of list.split(', ').filter((one) => one !== '')) {
      if (!labels.has(label)) unknown.push(`no label ${label}`);
    }
  }
  return unknown;
}

test('each metric of the catalogue is on a panel', () => {
  const text = dashboardQueries()
    .map(({ expr }) => expr)
    .join('\n');
  const unseen = Object.values(metricCatalogue).filter(
    ({ name }) => !RegExp(`\\b${name}(_bucket|_sum|_count)?\\b`).test(text),
  );
  assert.deepEqual(
    unseen.map(({ name }) => name),
    [],
    'add them to a panel in scripts/observability/panels',
  );
});

test('panels lie beside each other, and each is described', () => {
  const taken = new Set<string>();
  const ids = new Set<number>();
  for (const panel of (JSON.parse(grafana) as Dashboard).panels) {
    const { x, y, w, h } = panel.gridPos;
    assert.ok(x + w <= 24, panel.title);
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        assert.ok(!taken.has(`${column} ${line}`), panel.title);
        taken.add(`${column} ${line}`);
      }
    }
    assert.ok(!ids.has(panel.id));
    ids.add(panel.id);
    if (panel.type !== 'row') assert.ok((panel.description ?? '') !== '', panel.title);
  }
});

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly description?: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  }[];
}

test('titles of panels are unique: guides and alerts name panels by them', () => {
  const titles = (JSON.parse(grafana) as Dashboard).panels.map(({ title }) => title);
  assert.deepEqual(titles, [...new Set(titles)]);
});

test('each alert says how bad it is, what is wrong and where to read on, and the runbook has a section for it alone', () => {
  const sections = [...readFileSync(join(root, RUNBOOK), 'utf8').matchAll(/^## (LambdaExtProc\w+)$/gm)].map(
    ([, name]) => name,
  );
  assert.deepEqual([...new Set(alerts.map(({ alert }) => alert))].sort(), [...sections].sort());
  for (const { alert = '', labels, annotations } of alerts) {
    assert.match(labels?.severity ?? '', /^(critical|warning)$/);
    assert.ok((annotations?.summary ?? '') !== '' && (annotations?.description ?? '') !== '', alert);
    assert.equal(annotations?.runbook_url, `${RUNBOOK}#${alert.toLowerCase()}`);
  }
});

test('panels that alerts and the runbook name are there', () => {
  const titles = new Set((JSON.parse(grafana) as Dashboard).panels.map(({ title }) => title));
  const texts = alerts.map(({ annotations }) => annotations?.description ?? '');
  const guides = ['runbook', 'operate', 'troubleshoot'].map((name) =>
    readFileSync(join(root, `docs/guides/${name}.md`), 'utf8'),
  );
  const named = [...texts, ...guides].flatMap((text) =>
    [...text.matchAll(/[Pp]anels?\s+"([^"]+)"/g)].map(([, title = '']) => title.replaceAll(/\s+/g, ' ')),
  );
  assert.ok(named.length > 10);
  assert.deepEqual(
    named.filter((title) => !titles.has(title)),
    [],
  );
});

test('log lines that the guides look for are in the sources', () => {
  const sources = globSync('src/**/*.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'));
  const text = sources.join('\n');
  const named = ['runbook', 'troubleshoot'].flatMap((name) => {
    const page = readFileSync(join(root, `docs/guides/${name}.md`), 'utf8');
    return [...page.matchAll(/(?:\.msg == |"msg":|\.msg \| startswith\()"([^"]+)"/g)].map(
      ([, message = '']) => message,
    );
  });
  assert.ok(named.length > 10);
  assert.deepEqual(
    named.filter((message) => !text.includes(message)),
    [],
  );
});

test('each alert has a test in which it fires, and one in which it does not though something like it happens', () => {
  const { tests } = parse(readFileSync(join(deploy, 'prometheus/rules.test.yaml'), 'utf8')) as RuleTests;
  const firing = (start: string, alert: string): readonly boolean[] =>
    tests
      .filter(({ name }) => name.startsWith(start))
      .flatMap(({ promql_expr_test: expected }) => expected)
      .map(({ exp_samples: samples = [] }) => samples.some(({ labels }) => labels.includes(`alertname="${alert}"`)));
  for (const alert of new Set(alerts.map(({ alert: name = '' }) => name))) {
    const fires = firing(`${alert} fires`, alert);
    assert.ok(
      fires.some((one) => one),
      `${alert} never fires`,
    );
    const silent = firing(`${alert} is silent`, alert);
    assert.ok(silent.length > 0 && silent.every((one) => !one), `${alert} is never silent`);
  }
});

interface RuleTests {
  readonly tests: readonly {
    readonly name: string;
    readonly promql_expr_test: readonly { readonly exp_samples?: readonly { readonly labels: string }[] }[];
  }[];
}
