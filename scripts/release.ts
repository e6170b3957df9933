// A release, step by step (RELEASES.md, How a release is made). Run it in the top directory of a checkout.
//
//   node scripts/release.ts prepare 0.2.0            prints what would change, and the notes
//   node scripts/release.ts prepare 0.2.0 --write    changes it, commits and tags; pushes nothing
//   node scripts/release.ts notes                    the notes of the version of package.json
//   node scripts/release.ts package --out DIR        the file for npm, of the commit that has the tag
//   node scripts/release.ts channel                  what registries call the version of package.json: latest, next or release-0.1
//
// --date YYYY-MM-DD: date of the release, by default today. --source URL: address of the tag's files, for links in the notes.
// --repository URL: for the package; npm compares its provenance with it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { datedChangelog, releaseNotes } from './release/changelog.ts';
import { setVersion } from './release/places.ts';
import { channelOf, compareVersions, parseVersion } from './release/version.ts';

const root = process.cwd();
const USAGE =
  'usage: node scripts/release.ts prepare VERSION [--write] | notes [VERSION] | package [--out DIR] | channel';

const { values, positionals } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    date: { type: 'string', default: new Date().toISOString().slice(0, 10) },
    out: { type: 'string', default: '.local/release' },
    source: { type: 'string' },
    repository: { type: 'string' },
  },
  allowPositionals: true,
});

function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr || stdout}`);
  return stdout.trim();
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const currentVersion = (): string => (JSON.parse(read('package.json')) as { version: string }).version;
const tagOf = (version: string): string => `v${version}`;
const releasedTags = (): readonly string[] => run('git', 'tag', '--list', 'v*').split('\n').filter(Boolean);

function prepare(version: string): void {
  parseVersion(version);
  const from = currentVersion();
  const released = releasedTags();
  if (released.includes(tagOf(version)))
    throw new Error(`${tagOf(version)} already exists: a version can be released only once`);
  // The first release may have the version that package.json already has.
  const order = compareVersions(version, from);
  if (order < 0 || (order === 0 && released.includes(tagOf(from)))) {
    throw new Error(`${version} does not come after ${from}, the version in package.json`);
  }
  if (run('git', 'status', '--porcelain') !== '')
    throw new Error('the work tree has changes: commit or stash them first');
  if (!/^\d{4}-\d\d-\d\d$/.test(values.date)) throw new Error(`--date is YYYY-MM-DD, and not ${values.date}`);
  const changelog = datedChangelog(read('CHANGELOG.md'), version, values.date);
  const notes = releaseNotes(changelog, version, values.source);
  if (!values.write) {
    console.log(`${tagOf(version)}, from ${from}, ${values.date}. Nothing is written without --write.\n\n${notes}`);
    return;
  }
  writeFileSync(join(root, 'CHANGELOG.md'), changelog);
  const files = run('git', 'ls-files').split('\n');
  const changed = order === 0 ? [] : setVersion(root, files, from, version);
  // The `$id` of the schemas contains the version.
  run(process.execPath, 'scripts/generate-schema.ts');
  run('git', 'commit', '--quiet', '--all', '--message', `Release ${version}`);
  run('git', 'tag', '--annotate', tagOf(version), '--message', `lambda-ext-proc ${version}`);
  const written = run('git', 'show', '--format=', '--name-only', 'HEAD').split('\n');
  console.log(
    `${tagOf(version)}: ${written.join(', ')}${changed.length === 0 ? ' (package.json has the version)' : ''}`,
  );
  console.log(`Look at it with \`git show\`, then: git push --atomic origin HEAD ${tagOf(version)}`);
}

function pack(): void {
  const version = currentVersion();
  const tags = run('git', 'tag', '--points-at', 'HEAD').split('\n');
  if (!tags.includes(tagOf(version))) throw new Error(`this commit does not have the tag ${tagOf(version)}`);
  if (run('git', 'status', '--porcelain') !== '')
    throw new Error('the work tree has changes: what is packed is not what is tagged');
  const out = resolve(root, values.out);
  mkdirSync(out, { recursive: true });
  const manifest = read('package.json');
  try {
    if (values.repository !== undefined)
      run('npm', 'pkg', 'set', `repository.url=git+${values.repository}.git`, 'repository.type=git');
    run('npm', 'pack', '--pack-destination', out);
  } finally {
    writeFileSync(join(root, 'package.json'), manifest);
  }
  const file = join(out, `lambda-ext-proc-${version}.tgz`);
  if (!existsSync(file)) throw new Error(`npm pack made no ${file}`);
  const sum = createHash('sha256').update(readFileSync(file)).digest('hex');
  writeFileSync(join(out, 'SHA256SUMS'), `${sum}  lambda-ext-proc-${version}.tgz\n`);
  console.log(`${file}\nsha256:${sum}`);
}

try {
  const [command, version] = positionals;
  if (command === 'prepare' && version !== undefined) prepare(version);
  else if (command === 'notes')
    console.log(releaseNotes(read('CHANGELOG.md'), version ?? currentVersion(), values.source));
  else if (command === 'package') pack();
  else if (command === 'channel') {
    const versions = releasedTags().map((tag) => tag.slice(1));
    console.log(channelOf(currentVersion(), versions));
  } else throw new Error(USAGE);
} catch (error) {
  console.error(`release: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
