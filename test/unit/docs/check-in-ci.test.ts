// The commands of docs/guides/check-in-ci.md do what it says.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(root, 'docs/guides/check-in-ci.md'), 'utf8');
const main = join(root, 'src/main.ts');

describe('the guide to check in CI', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'guide-'));
    for (const name of ['policies.yaml', 'envoy.yaml']) {
      writeFileSync(join(directory, name), readFileSync(join(root, 'starter', name)));
    }
    writeFileSync(join(directory, 'policies.template.yaml'), readFileSync(join(root, 'starter/policies.yaml')));
    const git = (...args: readonly string[]) => spawnSync('git', args, { cwd: directory });
    git('init', '-q');
    git('add', 'policies.yaml');
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  /** With the command, and an `envsubst` that this machine may not have, instead of those of the pipeline. */
  const shell = (line: string) => {
    const commands = `lambda-ext-proc() { "${process.execPath}" "${main}" "$@"; }; npx() { "$@"; }; envsubst() { cat; };`;
    return spawnSync('bash', ['-c', `${commands} ${line}`], { cwd: directory, encoding: 'utf8' });
  };

  const lines = [...guide.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, text = '']) => text.trim().split('\n'));
  const [workflow = ''] = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = '']) => text);
  const steps: { readonly run?: string }[] = parse(workflow).jobs.check.steps;
  const commands = steps.flatMap(({ run }) => (run?.includes('lambda-ext-proc') ? [run] : []));

  for (const line of [...commands, ...lines]) {
    test(`it passes for what is right: ${line}`, () => {
      const run = shell(line);
      assert.equal(run.status, 0, run.stderr + run.stdout);
    });
  }

  test('there are commands to run', () => {
    assert.deepEqual([commands.length, lines.length], [1, 4]);
  });

  test('an annotation is at the line of what is wrong', () => {
    const text = readFileSync(join(root, 'starter/policies.yaml'), 'utf8');
    writeFileSync(join(directory, 'policies.yaml'), text.replace('function: hello', 'funktion: hello'));
    const run = shell(commands[0] ?? '');
    assert.equal(run.status, 1);
    assert.match(
      run.stdout,
      /^::error file=policies\.yaml,line=\d+,col=\d+,title=apis\.hello\.request\.0.*::unknown field, did you mean function\?$/m,
    );
  });
});
