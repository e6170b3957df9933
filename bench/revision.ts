import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');
const execute = promisify(execFile);

export interface Revision {
  /** Abbreviated hash of the commit. */
  readonly commit: string;
  /** A checkout of the commit, already built. */
  readonly path: string;
}

/**
 * Another revision of the project, built by its own compiler in .local/bench/revisions/. It shares this checkout's
 * node_modules when both have the same package-lock.json. Rejects when there is no such revision or it does not build.
 */
export async function buildRevision(name: string): Promise<Revision> {
  const { stdout } = await run(
    'git',
    ['rev-parse', '--verify', '--quiet', '--short=12', `${name}^{commit}`],
    root,
  ).catch(() => {
    throw new Error(`--compare: git knows no revision ${name}`);
  });
  const commit = stdout.trim();
  const path = join(root, '.local/bench/revisions', commit);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  // Extracts its files instead of adding a git worktree, which would have to be removed again.
  await run('sh', ['-c', 'git archive "$1" | tar -x -C "$2"', 'sh', commit, path], root);
  if (lock(path) === lock(root)) symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'));
  else await run('npm', ['ci'], path);
  await run('npm', ['run', '--silent', 'build'], path);
  if (!existsSync(join(path, 'dist/main.js'))) throw new Error(`${name}: the build made no dist/main.js`);
  return { commit, path };
}

function lock(directory: string): string {
  return readFileSync(join(directory, 'package-lock.json'), 'utf8');
}

/** Rejects with what the program printed. */
async function run(program: string, args: readonly string[], cwd: string): Promise<{ stdout: string }> {
  try {
    return await execute(program, [...args], { cwd, maxBuffer: 64 * 2 ** 20 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`.slice(0, 4000));
  }
}
