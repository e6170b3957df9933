import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');

/** The programs of bench/go, built. */
export interface GoPrograms {
  /** `go1.26.0` */
  readonly version: string;
  path(name: 'invoke' | 'load' | 'mock' | 'server'): string;
}

/** Undefined, with the reason on standard error, if Go is not installed or its modules are not available. */
export async function buildGo(): Promise<GoPrograms | undefined> {
  const directory = join(root, '.local/bench/go');
  mkdirSync(directory, { recursive: true });
  const execute = promisify(execFile);
  try {
    const { stdout } = await execute('go', ['version']);
    // Without debug information, because linking four programs takes time.
    await execute('go', ['build', '-ldflags=-s -w', '-o', `${directory}/`, './...'], { cwd: join(root, 'bench/go') });
    return {
      version: /go\d[\d.]*/.exec(stdout)?.[0] ?? 'go',
      path: (name) => join(directory, name),
    };
  } catch (error) {
    const reason = error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'not in PATH' : String(error);
    process.stderr.write(`bench: without Go (${reason}): no Go server, and the load and the mock run on Node\n`);
    return undefined;
  }
}
