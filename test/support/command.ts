import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { main } from '../../src/main.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program, in this process. */
export async function runMain(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const code = await main(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env,
  });
  return { code, stdout, stderr };
}

/** A directory of the test's own with these files: the path of each by its name. */
export function filesOf<T extends string>(t: TestContext, files: Readonly<Record<T, string>>): Record<T, string> {
  const directory = mkdtempSync(join(tmpdir(), 'lambda-ext-proc-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const paths = Object.entries<string>(files).map(([name, text]) => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return [name, path];
  });
  return Object.fromEntries(paths);
}
