import { execFile } from 'node:child_process';
import { relative } from 'node:path';
import { promisify } from 'node:util';
import type { DemoFiles } from './files.ts';

interface Finding {
  readonly severity: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly subject: string | null;
  readonly message: string;
}

/** What `check` finds in policies and Envoy's configuration together: a route that names no API, a guard that can be bypassed. */
export async function crossFindings({ checkout, root, policies, envoy }: DemoFiles): Promise<readonly string[]> {
  const args = ['dist/main.js', 'check', policies, '--envoy', envoy, '--format', 'json'];
  // Its findings are in the output. The exit code is 1 if one of them is an error.
  const run = promisify(execFile)(process.execPath, args, { cwd: checkout });
  const { stdout } = await run.catch((error: Error & { readonly stdout?: string }) => ({ stdout: error.stdout ?? '' }));
  const { findings } = JSON.parse(stdout || '{"findings": []}') as { readonly findings: readonly Finding[] };
  return findings.map(({ severity, file, line, column, path, subject, message }) => {
    const place = `${relative(root, file)}:${line}:${column} ${subject ?? path}`.trimEnd();
    return `check: ${place}: ${severity}: ${message}`;
  });
}
