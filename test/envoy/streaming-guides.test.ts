// The guides about streamed answers as they stand there: function, policies, route, commands, through the recommended Envoy.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { STREAMING_MINOR } from '../../src/envoy-names.ts';
import { runMain } from '../support/command.ts';
import { envoyMinor, startEnvoy } from '../support/envoy.ts';
import type { Json } from '../support/envoy-config.ts';
import { exampleEnvoy, onFreePorts } from '../support/example-envoy.ts';
import { startLocalLambda } from '../support/local-lambda.ts';
import { startSidecar } from '../support/sidecar.ts';
import { provideAwsLambda, type StreamingHandler, scriptOf } from '../support/streaming-function.ts';
import { StreamingStub } from '../support/streaming-stub.ts';

const root = join(import.meta.dirname, '../..');

interface Page {
  /** The block that begins with this line, without it. */
  block(first: string): string;
  readonly commands: readonly { readonly line: string; readonly prints: string }[];
}

function pageOf(name: string): Page {
  const text = readFileSync(join(root, `docs/guides/${name}.md`), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));
  return {
    block(first) {
      const found = blocks.filter(({ code }) => code.startsWith(`${first}\n`));
      assert.equal(found.length, 1, `${name} has ${found.length} blocks that begin with ${first}`);
      return found[0]?.code.slice(first.length + 1) ?? '';
    },
    commands: blocks.flatMap(({ language, code }, at) =>
      language === 'sh' ? [{ line: code.trim(), prints: blocks[at + 1]?.code.trim() ?? '' }] : [],
    ),
  };
}

function directoryOf(t: TestContext): string {
  mkdirSync(join(root, '.local'), { recursive: true });
  const directory = mkdtempSync(join(root, '.local/streaming-guide-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

type Apis = Record<string, { request: { configuration: { function: string; endpoint?: string } }[] }>;

/** Starts what the page describes; gives Envoy's address. `whole`: functions that do not stream. */
async function start(t: TestContext, page: Page, functionName: string, whole: Parameters<typeof startLocalLambda>[0]) {
  const directory = directoryOf(t);
  writeFileSync(join(directory, 'function.mjs'), page.block('// function.mjs'));
  provideAwsLambda();
  const { handler } = (await import(join(directory, 'function.mjs'))) as { handler: StreamingHandler };
  const stub = await StreamingStub.start();
  t.after(() => stub.stop());
  stub.on(functionName, scriptOf(handler));
  const lambda = await startLocalLambda(whole);
  t.after(() => lambda.stop());

  const policies = page.block('# policies.yaml');
  const route = parse(page.block('# in virtual_hosts.routes')) as Json;
  const hasFilter = page.commands.some(({ line }) => line.includes('--compressed'));
  const filters = hasFilter ? [parse(page.block('# in http_filters, before ext_proc')) as Json] : [];
  const envoy = exampleEnvoy([route], filters);
  writeFileSync(join(directory, 'policies.yaml'), policies);
  writeFileSync(join(directory, 'envoy.yaml'), envoy);
  const check = await runMain(['check', join(directory, 'policies.yaml'), '--envoy', join(directory, 'envoy.yaml')]);
  assert.match(check.stdout, /: 0 errors, 0 warnings(?:, 1 note)?\n$/, check.stdout + check.stderr);

  const document = parse(policies) as { apis: Apis; defaults: Json };
  for (const { request } of Object.values(document.apis)) {
    for (const { configuration } of request) {
      configuration.endpoint = Object.hasOwn(whole, configuration.function) ? lambda.endpoint : stub.endpoint;
    }
  }
  const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'secret' };
  const config = { ...document, defaults: { ...document.defaults, ...keys } };
  const sidecar = await startSidecar({ test: t, config: stringify(config) });
  const { url } = await startEnvoy({ test: t, config: onFreePorts(envoy, sidecar.address) });
  for (const { line, prints } of page.commands) {
    const { stdout } = await promisify(execFile)('sh', ['-c', line.replaceAll('http://127.0.0.1:10000', url)]);
    assert.equal(stdout.trim(), prints, line);
  }
  return { url, directory };
}

const skip = spawnSync('curl', ['--version']).error !== undefined || envoyMinor() < STREAMING_MINOR;

test('the guide stream-from-a-lambda works as written', { skip }, async (t) => {
  const page = pageOf('stream-from-a-lambda');
  assert.equal(page.commands.length, 4);
  const { directory } = await start(t, page, 'report', {});
  writeFileSync(join(directory, 'policies.test.yaml'), page.block('# policies.test.yaml'));
  const run = await runMain(['test', join(directory, 'policies.test.yaml')]);
  assert.match(run.stdout, /1 of 1 tests? passed/, run.stdout + run.stderr);
});

test('the guide llm-chat works as written, its client too', { skip }, async (t) => {
  const page = pageOf('llm-chat');
  assert.equal(page.commands.length, 3);
  const file = join(directoryOf(t), 'who.mjs');
  writeFileSync(file, page.block('// who.mjs'));
  const { handler: who } = await import(file);
  const { url, directory } = await start(t, page, 'chat', { who });
  writeFileSync(join(directory, 'client.mjs'), page.block('// client.mjs'));
  const { chat } = (await import(join(directory, 'client.mjs'))) as {
    chat(url: string, prompt: string, token: string): AsyncIterable<string>;
  };
  const tokens: string[] = [];
  for await (const token of chat(`${url}/chat`, 'one two', 'letmein')) tokens.push(token);
  assert.deepEqual(tokens, ['You', 'said:', 'one', 'two']);
  await assert.rejects(async () => {
    for await (const _ of chat(`${url}/chat`, 'one two', 'wrong'));
  }, /^Error: 401 /);
});
