// `npm start`, with its own files and on ports of its own.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type Demo, startDemo } from '../../demo/demo.ts';
import { defaultPorts, freePorts, type Ports, portConflicts, withPorts } from '../../demo/ports.ts';
import { attempt, curlLine, tries } from '../../demo/tries.ts';

const root = join(import.meta.dirname, '../..');

describe('the demo', () => {
  let directory: string;
  let ports: Ports;
  let demo: Demo;

  before(async () => {
    // It runs what is built, as its users do.
    const setup = spawnSync(process.execPath, ['scripts/setup.mjs'], { cwd: root, encoding: 'utf8' });
    assert.equal(setup.status, 0, setup.stderr);
    directory = mkdtempSync(join(tmpdir(), 'demo-'));
    ports = await freePorts();
    demo = await startDemo({ ports, directory });
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
      assert.deepEqual(typeof body === 'string' ? stdout : JSON.parse(stdout), body, one.path);
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

  test('after its end nothing of it is left', async () => {
    await demo.stop();
    assert.deepEqual(await portConflicts(ports), []);
  });
});

interface LogLine {
  readonly path: string;
  readonly details: string;
  readonly lambda: { readonly variables?: Readonly<Record<string, unknown>> } | null;
}

test('a port that another program has is named with what it is for', async (t) => {
  const ports = await freePorts();
  const other = createServer().listen(ports.backend, '127.0.0.1');
  t.after(() => other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const conflicts = await portConflicts(ports);
  assert.equal(conflicts.length, 1);
  assert.match(conflicts[0] ?? '', new RegExp(`^port ${ports.backend}, for the backend, is in use`));
});

test('other ports leave timeouts and limits alone', () => {
  const ports = { ...defaultPorts, envoy: 1, aws: 2 };
  const text = 'address: {port_value: 10000}\nmax_requests: 10000\nendpoint: http://127.0.0.1:4566\n';
  const changed = 'address: {port_value: 1}\nmax_requests: 10000\nendpoint: http://127.0.0.1:2\n';
  assert.equal(withPorts(text, ports), changed);
});

test('an unknown argument is refused with the one there is', () => {
  const run = spawnSync(process.execPath, ['scripts/start.ts', '--twice'], { cwd: root, encoding: 'utf8' });
  assert.equal(run.status, 1);
  assert.match(run.stderr, /unknown argument in "--twice"; there is --once/);
});
