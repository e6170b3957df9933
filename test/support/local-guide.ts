import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { startBackend } from '../../demo/backend.ts';
import { type Child, startChild, waitFor } from '../../scripts/support/child.ts';
import { freePort } from '../../scripts/support/free-port.ts';
import { startLocalLambda } from './local-lambda.ts';

const root = join(import.meta.dirname, '../..');
/** What stands for the command of the package. */
const PROGRAM = `"${process.execPath}" src/main.ts`;

/** The `sh` blocks of one section of a guide, each with the text block behind it, which is what it prints. */
export function commandsOf(
  guide: string,
  heading: string,
): readonly { readonly line: string; readonly prints: string }[] {
  const text = readFileSync(join(root, 'docs/guides', `${guide}.md`), 'utf8');
  const start = text.indexOf(`\n## ${heading}\n`);
  assert.ok(start >= 0, `${guide} has no section ${heading}`);
  const section = text.slice(start, text.indexOf('\n## ', start + 1));
  const blocks = [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)];
  return blocks.flatMap(([, language, code = ''], index) => {
    const [, next = '', output = ''] = blocks[index + 1] ?? [];
    return language === 'sh' ? [{ line: code.trim(), prints: next === 'text' ? output.trim() : '' }] : [];
  });
}

export interface LocalGuide {
  /** Commands that a test has done in another way, such as installations. */
  readonly skips: RegExp;
  /** Where the guide's Envoy is. */
  readonly envoy: { readonly from: string; readonly to: string };
}

/**
 * Runs the section in which a reader tries a guide on one machine, in the directory of the checkout: the demo's Lambda function
 * and backend are there, and what a reader leaves running in a terminal is left running.
 */
export async function tryLocally(test: TestContext, guide: string, options: LocalGuide): Promise<void> {
  const [port, backendPort] = [await freePort(), await freePort()];
  const { handler } = (await import(join(root, 'demo/functions/customer-tier.mjs'))) as {
    handler(event: unknown): Promise<unknown>;
  };
  const lambda = await startLocalLambda({ 'customer-tier': handler });
  const backend = await startBackend(backendPort);
  const children: Child[] = [];
  test.after(async () => {
    for (const child of children.reverse()) await child.stop();
    backend.stop();
    lambda.stop();
  });
  const url = `http://127.0.0.1:${port}`;
  const adapted = (line: string): string =>
    line
      .replaceAll('http://127.0.0.1:4566', lambda.endpoint)
      .replaceAll('http://127.0.0.1:10001', url)
      .replaceAll('--port 10001', `--port ${port} --backend 127.0.0.1:${backendPort}`)
      .replaceAll(options.envoy.from, options.envoy.to);
  let asked = 0;
  for (const { line, prints } of commandsOf(guide, '1. Try it on this machine')) {
    if (options.skips.test(line)) continue;
    if (/lambda-ext-proc serve/.test(line)) {
      const child = startChild(
        'sidecar',
        'bash',
        ['-c', adapted(line).replace('lambda-ext-proc serve', `exec ${PROGRAM} serve`)],
        { cwd: root },
      );
      children.push(child);
      await waitFor(child, 'ready', () => child.output().includes('"msg":"ready"') || undefined);
    } else if (line.includes(options.envoy.from)) {
      const child = startChild('envoy', 'bash', ['-c', `exec ${adapted(line)}`], { cwd: root });
      children.push(child);
      await waitFor(child, 'listener', async () => ((await fetch(url)).status > 0 ? true : undefined));
    } else {
      const shell = `lambda-ext-proc() { ${PROGRAM} "$@"; }; set -euo pipefail; ${adapted(line)}`;
      const { stdout } = await promisify(execFile)('bash', ['-c', shell], { cwd: root });
      if (prints === '') continue;
      asked++;
      assert.equal(stdout.trim(), prints, line);
    }
  }
  assert.ok(asked > 0 && lambda.events.length === asked);
}
