// `npm start`, with its own files and on ports of its own.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type Demo, startDemo } from '../../demo/demo.ts';
import {
  defaultPorts,
  firstPort,
  freePorts,
  type Ports,
  portConflicts,
  portsFrom,
  withPorts,
} from '../../demo/ports.ts';
import { attempt, curlLine, includes, tries } from '../../demo/tries.ts';
import { runMain } from '../support/command.ts';
import { type LearningGuide, learningGuide } from '../support/learning-guide.ts';

const root = join(import.meta.dirname, '../..');

describe('the demo', () => {
  let directory: string;
  /** Has the files that a reader changes. */
  let files: string;
  let ports: Ports;
  let demo: Demo;
  const told: string[] = [];

  before(async () => {
    // It runs what is built, as its users do.
    const setup = spawnSync(process.execPath, ['scripts/setup.mjs'], { cwd: root, encoding: 'utf8' });
    assert.equal(setup.status, 0, setup.stderr);
    directory = mkdtempSync(join(tmpdir(), 'demo-'));
    files = join(directory, 'checkout');
    for (const name of ['demo', 'envoy']) cpSync(join(root, name), join(files, name), { recursive: true });
    ports = await freePorts();
    demo = await startDemo({ ports, directory, root: files });
  });
  after(async () => {
    await demo?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  for (const one of tries) {
    test(`it shows ${one.shows.replaceAll(/\W+/g, '_')}`, async () => {
      const { status, body, asExpected } = await attempt(demo.url, one);
      assert.ok(asExpected, `${status} ${body}, expected ${JSON.stringify(one.expect)}`);
    });
  }

  test('its playground has the tests of its policies as examples', async () => {
    const page = await fetch(demo.playground);
    assert.equal(page.status, 200);
    const key = /name="key" content="([\w-]+)"/.exec(await page.text())?.[1] ?? '';
    const headers = { 'x-playground-key': key, cookie: page.headers.get('set-cookie')?.split(';')[0] ?? '' };
    const document = await fetch(`${new URL(demo.playground).origin}/api/document`, { headers });
    const { problem, examples } = (await document.json()) as { problem: string; examples: { api: string }[] };
    assert.equal(problem, '');
    assert.ok(examples.length > 5 && examples.some(({ api }) => api === 'private'));
  });

  test('its curl lines do what it tries itself', async (t) => {
    if (spawnSync('curl', ['--version']).error) return t.skip('no curl here');
    for (const one of tries) {
      // Not spawnSync: the backend lives in this process.
      const { stdout } = await promisify(execFile)('sh', ['-c', curlLine(demo.url, one)]);
      const { body } = one.expect;
      assert.ok(
        typeof body === 'string' ? stdout === body : includes(JSON.parse(stdout), body),
        `${one.path} ${stdout}`,
      );
    }
  });

  test('its access log tells what ran and why an answer is an error', async () => {
    const line = async (fits: (entry: LogLine) => boolean) => {
      for (let turn = 0; turn < 100; turn++) {
        const lines = readFileSync(join(directory, 'envoy.log'), 'utf8').split('\n');
        const found = lines.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text) as LogLine);
        const entry = found.find(fits);
        if (entry) return entry;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`no such line in ${readFileSync(join(directory, 'envoy.log'), 'utf8')}`);
    };
    const orders = await line(({ path }) => path === '/orders');
    assert.equal(orders.lambda?.variables?.tier, 'gold');
    const broken = await line(({ path }) => path === '/broken');
    assert.match(broken.details, /lambda_ext_proc\{AWS_LAMBDA_INVALID_RESPONSE\}/);
  });

  /** Resolves with what is told when all of it fits, from `since` on. */
  const toldOf = async (since: number, ...wanted: readonly RegExp[]): Promise<string> => {
    for (let turn = 0; turn < 400; turn++) {
      const text = told.slice(since).join('\n');
      if (wanted.every((one) => one.test(text))) return text;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`not told: ${wanted.join(', ')}; but:\n${told.slice(since).join('\n')}`);
  };
  const ask = async (path: string, init: RequestInit = {}) => (await fetch(`${demo.url}${path}`, init)).text();
  const write = (file: string, change: (text: string) => string) =>
    writeFileSync(join(files, file), change(readFileSync(join(files, file), 'utf8')));

  test('guides work while it runs, as they are written', async (t) => {
    if (spawnSync('curl', ['--version']).error) return t.skip('no curl here');
    demo.watch((text) => told.push(text));
    const guides = [
      ...['first-policy', 'enrich', 'authorize', 'fire-and-forget', 'mock-a-backend'].map((name) =>
        learningGuide(name),
      ),
      learningGuide('transform-a-response', '/cards/owners'),
    ];
    for (const guide of guides) guide.putInto(files);
    await toldOf(
      0,
      ...guides.map(
        ({ functionName }) => new RegExp(`${functionName}\\.mjs is the new function ${functionName}$`, 'm'),
      ),
      /demo\/policies\.yaml is in force/,
      /envoy\/envoy\.yaml is in force/,
    );
    const follow = async ({ name, commands }: LearningGuide) => {
      assert.ok(commands.length >= 2, name);
      for (const { line, prints } of commands) {
        assert.equal(await printed(line), prints, `${name}: ${line}`);
      }
    };
    const printed = async (line: string): Promise<string> => {
      // In this process, which has the modules: a test of older-node.test.ts runs the command by npx.
      const [, tests] = /^npx lambda-ext-proc test (\S+) \| head -1$/.exec(line) ?? [];
      if (tests !== undefined) return (await runMain(['test', join(files, tests)])).stdout.split('\n')[0] ?? '';
      const here = line.replaceAll('http://127.0.0.1:10000', demo.url);
      return (await promisify(execFile)('sh', ['-c', here], { cwd: files })).stdout.trim();
    };
    await Promise.all(guides.map(follow));
  });

  test('each request has a line with what the policies did', async () => {
    const since = told.length;
    await ask('/greet?name=Bob');
    await ask('/plain');
    await ask('/broken');
    const text = await toldOf(since, /^GET \/greet\?name=Bob /m, /^GET \/plain /m, /^GET \/broken /m);
    const greet =
      /^GET \/greet\?name=Bob → 200 in \d+ ms: API greet; greet called greet \(\d+ ms\); changed x-greeting$/m;
    assert.match(text, greet);
    assert.match(text, /^GET \/plain → 200 in \d+ ms: no policies on this route$/m);
    assert.match(
      text,
      /^GET \/broken → 502 .*broken called broken, which failed .*AWS_LAMBDA_INVALID_RESPONSE\n {4}.*broken on purpose$/m,
    );
    await ask('/stock');
    await ask('/quote?item=tea');
    await toldOf(
      since,
      /^GET \/stock → 200 .*: API stock; stock was skipped$/m,
      /^GET \/quote\?item=tea → 200 .*: API quote; quote called quote .*; answered instead of the backend$/m,
    );
  });

  test('a changed function serves the next request, and one that cannot be loaded does not', async () => {
    const since = told.length;
    const order = { method: 'POST', body: '{"customer":"ada"}' };
    write('demo/functions/customer-tier.mjs', (text) => text.replace("'gold'", "'diamond'"));
    await toldOf(since, /demo\/functions\/customer-tier\.mjs is in force/);
    assert.match(await ask('/orders', order), /"x-tier": "diamond"/);
    write('demo/functions/customer-tier.mjs', (text) => `${text}\nconst = 1;\n`);
    await toldOf(since, /customer-tier\.mjs cannot be loaded, so the previous function stays:\n[\s\S]*SyntaxError/);
    write('demo/functions/customer-tier.mjs', () => 'export const handle = 1;\n');
    await toldOf(since, /it exports no function "handler"/);
    assert.match(await ask('/orders', order), /"x-tier": "diamond"/);
    rmSync(join(files, 'demo/functions/quote.mjs'));
    await toldOf(since, /the function quote no longer exists/);
    assert.match(await ask('/quote?item=tea'), /An error occurs/);
  });

  test('policies and an Envoy configuration that cannot be used are reported with the place, and the previous ones stay', async () => {
    const since = told.length;
    appendFileSync(join(files, 'demo/policies.yaml'), '  bad: {requests: []}\n');
    const line = readFileSync(join(files, 'demo/policies.yaml'), 'utf8').trimEnd().split('\n').length;
    await toldOf(since, new RegExp(`stay in force:\\n {4}demo/policies\\.yaml:${line}:\\d+ .*requests`));
    // Undoing the change is reported too, although the policies in force are the same.
    write('demo/policies.yaml', (text) => text.replace('  bad: {requests: []}\n', ''));
    await toldOf(since, /stay in force[\s\S]*demo\/policies\.yaml is in force/);
    write('envoy/envoy.yaml', (text) => text.replace('allow_mode_override', 'allow_mode_overrides'));
    await toldOf(since, /envoy\/envoy\.yaml cannot be used[\s\S]*allow_mode_overrides/);
    write('envoy/envoy.yaml', (text) => `${text}  - [\n`);
    await toldOf(since, /envoy\/envoy\.yaml cannot be used[\s\S]*line \d+, column \d+/);
    assert.match(await ask('/greet?name=Eve'), /Hello Eve/);
  });

  test('findings of check about policies and routes are reported after a change', async () => {
    let since = told.length;
    write('envoy/envoy.yaml', (text) =>
      text.replace('  - [\n', '').replace('allow_mode_overrides', 'allow_mode_override'),
    );
    await toldOf(since, /envoy\/envoy\.yaml is in force/);
    since = told.length;
    write('demo/policies.yaml', (text) => text.replace('  greet:\n', '  greetings:\n'));
    await toldOf(since, /check: envoy\/envoy\.yaml:\d+:\d+ .*error: .*greet/);
  });

  test('after it has ended nothing of it is left', async () => {
    await demo.stop();
    assert.deepEqual(await portConflicts(ports), []);
  });
});

interface LogLine {
  readonly path: string;
  readonly details: string;
  readonly lambda: { readonly variables?: Readonly<Record<string, unknown>> } | null;
}

test('a port that another program uses is named with its purpose', async (t) => {
  const ports = await freePorts();
  const other = createServer().listen(ports.backend, '127.0.0.1');
  t.after(() => other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const conflicts = await portConflicts(ports);
  assert.equal(conflicts.length, 1);
  assert.match(conflicts[0] ?? '', new RegExp(`^port ${ports.backend}, for the backend, is in use`));
});

test('other ports do not change timeouts and limits', () => {
  const ports = { ...defaultPorts, envoy: 1, aws: 2 };
  const text = 'address: {port_value: 10000}\nmax_requests: 10000\nendpoint: http://127.0.0.1:4566\n';
  const changed = 'address: {port_value: 1}\nmax_requests: 10000\nendpoint: http://127.0.0.1:2\n';
  assert.equal(withPorts(text, ports), changed);
});

test('all ports follow the first one', async () => {
  const ports = portsFrom(firstPort('20000'));
  assert.deepEqual(Object.values(ports), [20000, 20001, 20002, 20003, 20004, 20005]);
  const envoy = withPorts(readFileSync(join(root, 'envoy/envoy.yaml'), 'utf8'), ports);
  for (const port of [20000, 20001, 20002]) assert.match(envoy, new RegExp(`port_value: ${port}\\b`));
  for (const text of ['0', '65531', 'x', '', '1e4', '-1'])
    assert.throws(() => firstPort(text), /--port must be a number/);
});

test('an unknown argument is refused with those there are', () => {
  const run = spawnSync(process.execPath, ['scripts/start.ts', '--twice'], { cwd: root, encoding: 'utf8' });
  assert.equal(run.status, 1);
  assert.match(run.stderr, /unknown argument in "--twice"; there are --once and --port/);
});
