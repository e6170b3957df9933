// What a linter does not hold of .github/workflows; test/long/workflows.long.ts lints them.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { envoyVersions } from '../../../scripts/setup/envoy-versions.mjs';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: Readonly<Record<string, unknown>> };
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const files = globSync('.github/workflows/*.yml', { cwd: root });
const workflows = new Map(files.map((file) => [file, parse(read(file)) as Workflow]));
const jobs = [...workflows].flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ where: `${file}: ${name}`, job })),
);

test('every action is pinned by its commit, with the version beside it, in the guides too', () => {
  const all = [...files, ...globSync('docs/guides/*.md', { cwd: root })];
  const uses = all.flatMap((file) => [...read(file).matchAll(/^ *(?:- )?uses: .*$/gm)].map(([line]) => line.trim()));
  assert.ok(uses.length > 10);
  for (const line of uses) assert.match(line, /uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  const pins = new Map(uses.map((line) => [/uses: ([^@]+)@/.exec(line)?.[1], line.replace(/^- /, '')]));
  for (const line of uses) assert.ok([...pins.values()].includes(line.replace(/^- /, '')), `two versions: ${line}`);
});

test('every workflow may read the repository and no more, and only jobs of the release may write', () => {
  for (const [file, { permissions }] of workflows) assert.deepEqual(permissions, { contents: 'read' }, file);
  const writing = jobs.filter(({ job }) => job.permissions !== undefined);
  for (const { where, job } of writing) {
    assert.match(where, /release\.yml/);
    // What tests and builds run on is code of packages: such a job has no right to publish.
    assert.ok(!job.steps.some(({ run = '' }) => /\.ci\/run|npm (?:test|ci|install|run)\b/.test(run)), where);
  }
  assert.ok(writing.length > 0);
});

test('no workflow runs with rights on a pull request of somebody else', () => {
  for (const [file, workflow] of workflows) {
    assert.ok(!('pull_request_target' in workflow.on) && !('workflow_run' in workflow.on), file);
    for (const secret of read(file).matchAll(/secrets\.(\w+)/g)) assert.equal(secret[1], 'GITHUB_TOKEN', file);
  }
});

test('no script has an expression in it, which somebody else could fill in, and no clone keeps a token', () => {
  for (const { where, job } of jobs) {
    assert.ok(Number(job['timeout-minutes']) > 0, where);
    for (const step of job.steps) {
      assert.doesNotMatch(step.run ?? '', /\$\{\{/, where);
      if (step.uses?.startsWith('actions/checkout@')) assert.equal(step.with?.['persist-credentials'], false, where);
    }
  }
});

test('the versions of workflows are those of the repository', () => {
  const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
  const nodes = jobs.flatMap(({ job }) => job.steps.map((step) => step.with?.['node-version'])).filter(Boolean);
  assert.deepEqual([...new Set(nodes)], [devDependencies.node]);
  assert.deepEqual(workflows.get('.github/workflows/nightly.yml')?.jobs.envoy?.strategy?.matrix.version, envoyVersions);
});

test('the release gives the image every argument that it has, and the bases with their digests', () => {
  const release = read('.github/workflows/release.yml');
  const args = new Set([...read('Dockerfile').matchAll(/^ARG (\w+)/gm)].map(([, name = '']) => name));
  const given = new Set([...release.matchAll(/--build-arg (\w+)=/g)].map(([, name = '']) => name));
  assert.deepEqual([...given].sort(), [...args].sort());
  for (const name of ['BUILD_IMAGE', 'BASE_IMAGE']) assert.match(release, new RegExp(`:${name}\\b`));
  assert.doesNotMatch(release, /@sha256:[0-9a-f]/);
});

test('what runs the tests of pages on a fresh clone installs their browser', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  for (const name of ['test', 'test:long', 'test:envoy-versions', 'test:node-versions']) {
    assert.match(scripts[name] ?? '', /node scripts\/setup\.mjs --browser &&/, name);
  }
});
