// The README's commands and examples are run, and its links lead somewhere.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { curlLine, tries } from '../../demo/tries.ts';
import { loadPolicies } from '../../src/config/index.ts';
import { startSidecar } from '../support/sidecar.ts';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);
const [policies = ''] = blocks('yaml');

const run = (directory: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'src/main.ts'), ...args], { cwd: directory, encoding: 'utf8' });

describe('the README', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'readme-'));
    writeFileSync(join(directory, 'policies.yaml'), policies);
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  test('its policies.yaml loads without a warning', () => {
    const { set, warnings } = loadPolicies(policies, 'README.md');
    assert.deepEqual([[...set.apis.keys()], warnings], [['orders'], []]);
  });

  test('its check and eval commands do what it says', () => {
    const check = run(directory, 'check', '--config', 'policies.yaml');
    assert.deepEqual([check.status, check.stderr], [0, '']);
    const [, expression = ''] = /eval '([^']+)'/.exec(readme) ?? [];
    assert.deepEqual(run(directory, 'eval', expression).stdout, '2\n');
  });

  test('its commands for files of one’s own do what it says', async (t) => {
    const lines = [...readme.matchAll(/^npx lambda-ext-proc (.*?)(?: +#.*)?$/gm)].map(([, line = '']) =>
      line.split(' '),
    );
    assert.deepEqual(
      lines.map(([command]) => command),
      ['init', 'check', 'test', 'serve'],
    );
    for (const line of lines.slice(0, -1)) {
      const { status, stdout, stderr } = run(directory, ...line);
      assert.equal(status, 0, stdout + stderr);
    }
    const file = lines.at(-1)?.at(-1) ?? '';
    const sidecar = await startSidecar({ config: readFileSync(join(directory, file), 'utf8'), test: t });
    assert.match(sidecar.address, /^unix:/);
  });

  test('its curl line and answer are the demo’s own', () => {
    const line = blocks('sh')
      .find((text) => text.includes('curl'))
      ?.trim();
    const shown = tries.find((each) => curlLine('http://127.0.0.1:10000', each) === line);
    assert.ok(shown, `${line} is none of the demo's`);
    const { headers, changedByPolicies } = shown.expect.body as Readonly<Record<string, Record<string, string>>>;
    const told = [headers, changedByPolicies].flatMap((fields) => Object.entries(fields ?? {}));
    assert.equal(told.length, 2);
    for (const [name, value] of told) assert.ok(readme.includes(`\`"${name}": "${value}"\``), `${name}: ${value}`);
  });

  test('its npm commands are scripts of the package', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    for (const [, name = ''] of readme.matchAll(/npm (?:run )?(start|test(?::\w+)?|bench)\b/g))
      assert.ok(scripts[name], name);
  });
});

const pages = [
  'README.md',
  'CHANGELOG.md',
  'recipes/README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];

for (const page of pages) {
  test(`${page}: every relative link leads to a file`, () => {
    const text = readFileSync(join(root, page), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      assert.ok(existsSync(join(root, dirname(page), target)), `${page} links ${target}`);
    }
  });
}
