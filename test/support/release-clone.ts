import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../../scripts/support/temporary-directory.ts';

const root = join(import.meta.dirname, '../..');
/** Whatever this machine's git is set up for. */
const env = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

/** A repository of one commit, in which scripts/release.ts may do what it likes. */
export interface ReleaseClone {
  readonly path: string;
  /** The version of package.json. */
  version(): string;
  read(file: string): string;
  /** Fails the test where git does. */
  git(...args: readonly string[]): string;
  release(...args: readonly string[]): { readonly status: number | null; readonly output: string };
  remove(): void;
}

/** This checkout as it is, committed or not, without tests and benchmark, which no release changes. */
export function releaseClone(): ReleaseClone {
  const directory = temporaryDirectory('release-');
  const path = join(directory.path, 'clone');
  const run = (command: string, args: readonly string[], input?: Buffer) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: input ? root : path, env, input });
    return { status, stdout: String(stdout), stderr: String(stderr) };
  };
  const git = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = run('git', args);
    assert.equal(status, 0, `git ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', ':!test', ':!bench'];
  const { stdout: files } = spawnSync('git', list, { cwd: root });
  const copied = run('sh', ['-c', 'mkdir "$0" && tar -c --null --files-from=- | tar -x -C "$0"', path], files);
  assert.equal(copied.status, 0, copied.stderr);
  symlinkSync(join(root, 'node_modules'), join(directory.path, 'node_modules'));
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'All');
  const read = (file: string): string => readFileSync(join(path, file), 'utf8');
  return {
    path,
    version: () => (JSON.parse(read('package.json')) as { version: string }).version,
    read,
    git,
    release(...args) {
      const { status, stdout, stderr } = run(process.execPath, [join(root, 'scripts/release.ts'), ...args]);
      return { status, output: stdout + stderr };
    },
    remove: () => directory.remove(),
  };
}
