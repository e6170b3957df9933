import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { startEnvironment } from './environment.ts';
import type { Json } from './envoy-config.ts';
import type { LambdaHandler } from './local-lambda.ts';
import { startLocalLambda } from './local-lambda.ts';

const root = join(import.meta.dirname, '../..');

/** A page of docs/guides/: its functions, the policies, what the filter has, and commands with what they print. */
export interface Guide {
  readonly policies: Json;
  readonly filter: Json;
  readonly commands: readonly { readonly line: string; readonly prints: string }[];
  /** The first function's file in a directory inside of the checkout, where it finds its packages. */
  functionFile(test: TestContext): string;
  /** The text of the block that begins with the name of this file. */
  file(name: string): string;
}

export function readGuide(name: string): Guide {
  const text = readFileSync(join(root, 'docs/guides', `${name}.md`), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));
  const one = (start: string): { readonly name: string; readonly code: string } => {
    const found = blocks.filter(({ code }) => code.startsWith(start));
    assert.equal(found.length, 1, `${name} has ${found.length} blocks that begin with ${start}`);
    const code = found[0]?.code ?? '';
    return { name: code.slice(0, code.indexOf('\n')).replace(/^\W+/, ''), code };
  };
  const code = blocks.find(({ language }) => language === 'js' || language === 'python')?.code ?? '';
  const commands = blocks.flatMap(({ language, code: line }, i) =>
    language === 'sh' ? [{ line: line.trim(), prints: blocks[i + 1]?.code.trim() ?? '' }] : [],
  );
  assert.ok(commands.length > 0 && commands.every(({ prints }) => prints !== ''), `${name} has no commands`);
  return {
    policies: parse(one('# policies.yaml').code) as Json,
    filter: parse(one('# in the ext_proc filter').code) as Json,
    commands,
    functionFile(test) {
      const file = /^\W+([\w-]+\.\w+)\n/.exec(code)?.[1];
      assert.ok(file !== undefined, `${name} has no function`);
      mkdirSync(join(root, '.local'), { recursive: true });
      const directory = mkdtempSync(join(root, '.local/guide-'));
      test.after(() => rmSync(directory, { recursive: true, force: true }));
      writeFileSync(join(directory, file), code);
      return join(directory, file);
    },
    file: (name) => blocks.find(({ code: text }) => /^\W+(\S+)\n/.exec(text)?.[1] === name)?.code ?? '',
  };
}

/** Starts what the page describes, and runs its commands as a reader would. `handlers`: a function, or several by their names. */
export async function runGuide(
  test: TestContext,
  guide: Guide,
  handlers: LambdaHandler | Readonly<Record<string, LambdaHandler>>,
): Promise<void> {
  const apis = guide.policies.apis as Record<string, { request: { configuration: { function: string } }[] }>;
  const [name = '', api] = Object.entries(apis)[0] ?? [];
  const functionName = api?.request[0]?.configuration.function ?? '';
  const lambda = await startLocalLambda(typeof handlers === 'function' ? { [functionName]: handlers } : handlers);
  test.after(() => lambda.stop());
  const keys = { endpoint: lambda.endpoint, accessKey: 'AKIDEXAMPLE', secretKey: 'secret' };
  const environment = await startEnvironment(
    {
      policies: { ...guide.policies, defaults: { ...(guide.policies.defaults as object), ...keys } },
      envoy: { routes: [{ name, metadata: { 'x-lambda-api': name } }], filter: guide.filter },
    },
    test,
  );
  test.after(() => environment.backend.stop());
  for (const { line, prints } of guide.commands) {
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      line.replaceAll('http://127.0.0.1:10000', environment.envoy.url),
    ]);
    assert.equal(stdout.trim(), prints, line);
  }
  assert.equal(environment.backend.calls, 0);
}
