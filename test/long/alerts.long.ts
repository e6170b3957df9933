// deploy/prometheus by Prometheus's own tool, deploy/grafana by the types that Grafana publishes. Needs Debian's package registry, Go and the
// network for the first run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { goProgram, hasGo } from '../../scripts/support/go-tool.ts';
import { deploy } from '../support/deploy.ts';
import { hasApt, prometheusProgram } from '../support/prometheus.ts';

describe('the rules', { skip: hasApt() ? false : 'no apt here' }, () => {
  const promtool = (...args: readonly string[]) =>
    spawnSync(prometheusProgram('promtool'), args, { cwd: join(deploy, 'prometheus'), encoding: 'utf8' });

  test('have nothing that promtool finds', () => {
    const run = promtool('check', 'rules', 'rules.yaml');
    assert.equal(run.status, 0, run.stdout + run.stderr);
  });

  test('fire when they should, and are silent when they should be', () => {
    const run = promtool('test', 'rules', 'rules.test.yaml');
    assert.equal(run.status, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /SUCCESS/);
  });
});

describe('the dashboard', { skip: hasGo() ? false : 'no Go here' }, () => {
  const program = () => goProgram(join(import.meta.dirname, 'grafana-dashboard'));
  const text = readFileSync(join(deploy, 'grafana/dashboard.json'), 'utf8');
  const read = (input: string) => spawnSync(program(), { input, encoding: 'utf8' });

  test('is one by the types of Grafana, with nothing missing and nothing that they do not have', () => {
    const run = read(text);
    assert.equal(run.stdout + run.stderr, '');
    assert.equal(run.status, 0);
  });

  test('is refused with a field that is misspelt', () => {
    const run = read(text.replace('"legendFormat"', '"legendFormats"'));
    assert.match(run.stdout, /legendFormats/);
    assert.equal(run.status, 1);
  });
});
