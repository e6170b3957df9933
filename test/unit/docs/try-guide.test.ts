// The commands of docs/guides/try-a-policy.md are run, and print what the page shows.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/guides/try-a-policy.md'), 'utf8');
const fenced = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
const blocks = (language: string): readonly string[] =>
  fenced.filter(([, found]) => found === language).map(([, , text = '']) => text);

describe('the guide to try', () => {
  const [policies = '', tests = ''] = blocks('yaml');
  const commands = blocks('sh').flatMap((text) => text.trimEnd().split('\n'));
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'try-guide-'));
    writeFileSync(join(directory, 'policies.yaml'), policies);
    writeFileSync(join(directory, 'policies.test.yaml'), tests);
    const program = join(root, 'src/main.ts');
    const script = `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`;
    writeFileSync(join(directory, 'lambda-ext-proc'), script, { mode: 0o755 });
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const run = (command: string) => {
    const env = { ...process.env, PATH: `${directory}:${process.env.PATH}` };
    return spawnSync('sh', ['-c', command], { cwd: directory, encoding: 'utf8', env });
  };

  for (const command of commands) {
    test(command, () => {
      const { status, stdout, stderr } = run(command);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^What the caller gets: /m);
    });
  }

  test('the first prints what is shown', () => {
    const shown = blocks('').find((text) => text.startsWith('Request: '));
    assert.ok(shown !== undefined && commands[0] !== undefined);
    assert.ok(run(commands[0]).stdout.startsWith(shown), run(commands[0]).stdout);
  });
});
