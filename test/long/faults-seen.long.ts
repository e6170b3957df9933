// Ten faults and more, provoked through a real Envoy: a real Prometheus runs every expression of the dashboard and of the rules, an hour in
// a minute, and for each fault there are the alert, the panel and the log line that docs/guides/troubleshoot.md names.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { freePort } from '../../scripts/support/free-port.ts';
import { deploy } from '../support/deploy.ts';
import { type Fault, type FaultRun, startFaultRun } from '../support/fault-run.ts';
import { dashboardQueries, ruleGroups } from '../support/observability.ts';
import {
  type FiringAlert,
  faster,
  filledIn,
  hasApt,
  type RunningPrometheus,
  type Sample,
  startPrometheus,
} from '../support/prometheus.ts';

const guide = (name: string): string => readFileSync(join(import.meta.dirname, `../../docs/guides/${name}.md`), 'utf8');
/** Time for all that has to be seen; the slowest alert waits for a minute. */
const LIMIT_MS = 480_000;
/** Requests of each round, which takes a second or so. */
const ROUND: Readonly<Partial<Record<Fault, number>>> = {
  well: 6,
  throttled: 2,
  denied: 3,
  missing: 3,
  slow: 3,
  failing: 3,
  expression: 3,
  body: 3,
  sleepy: 6,
  circuit: 4,
  narrow: 4,
  cached: 6,
  machine: 1,
  role: 1,
  streamed: 1,
};

/** The rows of the guide: what each fault looks like. `fault`: what provokes it here. */
const rows = [
  ...guide('troubleshoot').matchAll(/^\| ([^|`]+) \| (LambdaExtProc\w+) \| "([^"]+)" \| (.+) \| (.+) \|$/gm),
].map(([, title = '', alert = '', panel = '', line = '', span = '']) => ({ title, alert, panel, line, span }));
const provokedBy: Readonly<Record<string, Fault | 'policies' | 'overload'>> = {
  'AWS throttles the function': 'throttled',
  'AWS answers 403': 'denied',
  'The function is missing': 'missing',
  'The function takes too long': 'slow',
  'The function fails': 'failing',
  'policies.yaml is broken': 'policies',
  'Credentials have expired': 'machine',
  'Envoy lacks a setting': 'body',
  Overload: 'overload',
  'An expression fails': 'expression',
};
/** Panels on which a low number is the bad one. */
const badBelow: Readonly<Record<string, number>> = {
  'Policies of the file are in force': 1,
  'Time until credentials expire': 240,
};

const traceOf = (fault: string): string => Buffer.from(fault.padEnd(16, '.')).toString('hex').slice(0, 32);

interface Range {
  readonly metric: Sample['metric'];
  readonly low: number;
  readonly high: number;
}

/** What was seen at any time of the run. */
interface Seen {
  readonly alerts: Map<string, FiringAlert>;
  /** Of each expression each series at its lowest and its highest. */
  readonly panels: Map<string, Map<string, Range>>;
  readonly recorded: Set<string>;
}

const hasJq = spawnSync('jq', ['--version']).error === undefined;
const queries = dashboardQueries();
const rules = ruleGroups().flatMap((group) => group.rules);
const ruleNames = rules.flatMap((rule) =>
  rule.alert === undefined
    ? []
    : [`${rule.alert} ${rule.labels?.severity} ${(rule.labels as { part?: string }).part ?? ''}`],
);

describe('ten faults and more', { skip: hasApt() ? false : 'no apt here' }, () => {
  let run: FaultRun;
  const seen: Seen = { alerts: new Map(), panels: new Map(), recorded: new Set() };
  const stops: (() => Promise<void> | void)[] = [];
  const context = {
    after: (stop: () => Promise<void>) => void stops.unshift(stop),
    passed: true,
  } as unknown as TestContext;

  before(async () => {
    run = await startFaultRun(context);
    const prometheus = await watch(context, run);
    await provoke(run, prometheus, seen);
  });
  after(async () => {
    for (const stop of stops) await stop();
  });

  test('every expression of the dashboard gave data', () => {
    assert.deepEqual(
      queries
        .filter(({ title, expr }) => !seen.panels.has(`${title}: ${expr}`))
        .map(({ title, expr }) => `${title}: ${expr}`),
      [],
    );
  });

  test('every rule gave data: what is recorded was there, what alerts fired', () => {
    assert.deepEqual(
      ruleNames.filter((name) => !seen.alerts.has(name)),
      [],
    );
    assert.deepEqual(
      rules.flatMap(({ record }) => record ?? []).filter((name) => !seen.recorded.has(name)),
      [],
    );
  });

  test('no text of an alert failed to be made', () => {
    for (const { annotations } of seen.alerts.values()) {
      const text = Object.values(annotations).join('\n');
      assert.doesNotMatch(text, /error expanding|<no value>|%!|\{\{/, text);
    }
  });

  test('the guide has ten faults', () =>
    assert.deepEqual(rows.map(({ title }) => title).sort(), Object.keys(provokedBy).sort()));

  const filters = [...guide('runbook').matchAll(/jq -c '([^']+)'/g)].map(([, filter = '']) => filter);
  for (const filter of filters) {
    test(`the runbook finds lines by ${filter}`, { skip: hasJq ? false : 'no jq here' }, () => {
      const input = run.environment.sidecar
        .logs()
        .map((line) => JSON.stringify(line))
        .join('\n');
      const filled = filter.replace('KIND', 'denied').replace('"API"', '"denied"');
      const found = spawnSync('jq', ['-c', filled], { input, encoding: 'utf8', maxBuffer: 2 ** 27 });
      assert.equal(found.status, 0, found.stderr);
      assert.match(found.stdout, /^\{/);
    });
  }

  for (const { title, alert, panel, line, span } of rows) {
    test(`${title}: its span`, () => {
      const [name = '', , errorType] = [...span.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
      if (name === '') return assert.equal(provokedBy[title], 'policies');
      const fault = provokedBy[title] ?? '';
      const isOwn = (traceId: string): boolean => traceId === traceOf(fault);
      const found = run.traces.spans.filter((one) => isOwn(one.traceId) && hasName(one.name, name, fault));
      const types = found.map(({ attributes }) => attributes['error.type']);
      assert.ok(
        types.some((type) => (errorType === undefined ? type !== undefined : type === errorType)),
        `${name}: ${types}`,
      );
    });

    test(`${title}: its alert, its panel, its log line`, () => {
      const fault = provokedBy[title] ?? '';
      const isOf = ({ api }: Readonly<Record<string, string>>): boolean => api === undefined || api === fault;
      const fired = [...seen.alerts.values()].filter(({ labels }) => labels.alertname === alert);
      assert.ok(fired.length > 0, `${alert} did not fire`);
      const samples = [...seen.panels]
        .filter(([key]) => key.startsWith(`${panel}: `))
        .flatMap(([, ranges]) => [...ranges.values()]);
      const limit = badBelow[panel];
      const shows = ({ low, high }: Range): boolean => (limit === undefined ? high > 0 : low < limit);
      assert.ok(
        samples.some((sample) => isOf(sample.metric) && shows(sample)),
        `${panel} does not show it: ${JSON.stringify(samples)}`,
      );
      const wanted = [...line.matchAll(/"(\w+)":"([^"]+)"/g)].map(([, key = '', value = '']) => [key, value] as const);
      const fields = [...line.matchAll(/, `(\w+)`/g)].map(([, field = '']) => field);
      assert.ok(wanted.length > 0 && fields.length > 0, line);
      const logged = run.environment.sidecar
        .logs()
        .filter(
          (one) =>
            wanted.every(([key, value]) => one[key] === value) && fields.every((field) => one[field] !== undefined),
        );
      assert.ok(logged.length > 0, `no such line: ${line}`);
      if (wanted.every(([key]) => key !== 'kind')) return;
      const own = logged.filter(({ traceId }) => traceId === traceOf(fault));
      assert.ok(own.length > 0, `no such line with the trace of the request: ${line}`);
    });
  }
});

/** As the guide writes it: a `…` for the service, NAME for the policy's. */
function hasName(name: string, written: string, fault: string): boolean {
  return written.startsWith('…') ? name.endsWith(written.slice(1)) : name === written.replace('NAME', fault);
}

/** Prometheus as the guide sets it up, but asking each second and a minute for an hour. One of its targets is down. */
async function watch(test: TestContext, { environment }: FaultRun): Promise<RunningPrometheus> {
  const block = [...guide('operate').matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = '']) => text);
  const config = parse(block.find((text) => text.startsWith('# prometheus.yml')) ?? '');
  const [job] = config.scrape_configs;
  job.static_configs[0].targets = [new URL(environment.sidecar.adminUrl).host, `127.0.0.1:${await freePort()}`];
  job.scrape_interval = '1s';
  const global = { evaluation_interval: '1s', scrape_timeout: '1s', scrape_interval: '1s' };
  return await startPrometheus(
    test,
    { ...config, global },
    faster(readFileSync(join(deploy, 'prometheus/rules.yaml'), 'utf8')),
  );
}

/** Rounds of requests until all was seen, or the time is over. */
async function provoke(run: FaultRun, prometheus: RunningPrometheus, seen: Seen): Promise<void> {
  const begun = performance.now();
  // Only a worker that had the old credentials sends them until Lambda refuses them: none is killed before.
  const hasRefused = (): boolean =>
    run.traces.spans.some(
      ({ name, traceId, attributes }) =>
        name === 'Lambda.Invoke' && traceId === traceOf('machine') && attributes['error.type'] !== undefined,
    );
  const isComplete = (): boolean =>
    hasRefused() &&
    ruleNames.every((name) => seen.alerts.has(name)) &&
    queries.every(({ title, expr }) => seen.panels.has(`${title}: ${expr}`));
  let isOver = false;
  const looking = (async () => {
    while (!isOver) await Promise.all([look(prometheus, seen), pause(500)]);
  })();
  for (let round = 0; !isComplete() && performance.now() - begun < LIMIT_MS; round++) {
    if (round === 2) run.endCredentials();
    if (round === 4 || round === 20) run.change(true);
    if (round === 8) run.change(false);
    if (round % 10 === 8) void run.overload(traceOf('overload'));
    if (round > 24 && hasRefused()) killWorker(run);
    const calls = Object.entries(ROUND).map(([fault, times]) => run.call(fault as Fault, traceOf(fault), times));
    await Promise.all([...calls, run.misuse(), pause(800)]).catch(() => pause(800));
  }
  isOver = true;
  await looking;
}

/** The one that says `ready` last of all: a worker that was started again is killed again, so that fewer serve for a while. */
function killWorker({ environment }: FaultRun): void {
  const pid = readFileSync(`/proc/${environment.sidecar.pid}/task/${environment.sidecar.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .at(-1);
  if (pid !== undefined && pid !== '') process.kill(Number(pid), 'SIGKILL');
}

async function look(prometheus: RunningPrometheus, seen: Seen): Promise<void> {
  for (const alert of await prometheus.firing()) {
    const { alertname, severity, part = '' } = alert.labels;
    const name = `${alertname} ${severity} ${part}`;
    if (!seen.alerts.has(name)) seen.alerts.set(name, alert);
  }
  for (const { title, expr } of queries) {
    const key = `${title}: ${expr}`;
    for (const { metric, value } of await prometheus.query(filledIn(expr, '30s'))) {
      if (Number.isNaN(value)) continue;
      const ranges = seen.panels.get(key) ?? new Map<string, Range>();
      seen.panels.set(key, ranges);
      const name = JSON.stringify(metric);
      const { low = value, high = value } = ranges.get(name) ?? {};
      ranges.set(name, { metric, low: Math.min(low, value), high: Math.max(high, value) });
    }
  }
  for (const { record } of rules) {
    if (record !== undefined && !seen.recorded.has(record) && (await prometheus.query(record)).length > 0)
      seen.recorded.add(record);
  }
}
