// `try --serve` as a process: its URL, its signals, its port, and a document that changes.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Child, startChild, waitFor } from '../../../../scripts/support/child.ts';
import { filesOf } from '../../../support/command.ts';

const program = join(import.meta.dirname, '../../../../src/main.ts');
const policies = (name: string): string =>
  JSON.stringify({
    version: 1,
    apis: { [name]: { request: [{ name: 's', configuration: { function: 'f', region: 'us-east-1' } }] } },
  });

function start(t: TestContext, ...args: readonly string[]): { readonly child: Child; readonly config: string } {
  const { config } = filesOf(t, { config: policies('orders') });
  const child = startChild('try', process.execPath, [program, 'try', '--config', config, '--serve', ...args]);
  t.after(() => child.stop());
  return { child, config };
}

const urlOf = (child: Child): Promise<string> =>
  waitFor(child, 'its URL', () => /http:\/\/\S+token=\S+/.exec(child.output())?.[0]);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends the playground with 0, while the page waits for the document`, async (t) => {
    const { child } = start(t);
    const page = await open(await urlOf(child));
    const { revision } = await page.document();
    const cut = assert.rejects(page.document(revision));
    child.signal(signal);
    assert.equal(await child.exited, 0);
    await cut;
  });
}

test('a port that is in use is an error that says so, with 1', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const { child } = start(t, '--port', String(port));
  assert.equal(await child.exited, 1);
  assert.match(child.output(), new RegExp(`port ${port} is in use; give another --port`));
});

test('the page is notified when the document changes, also while it cannot be used', async (t) => {
  const { child, config } = start(t);
  const page = await open(await urlOf(child));
  const first = await page.document();
  assert.deepEqual([first.apis, first.problem], [['orders'], '']);
  writeFileSync(config, '{"version": 1, "apis": {"orders": {"request": [{"name": "s"}]}}}');
  const broken = await page.document(first.revision);
  assert.match(broken.problem, /apis\.orders\.request\.0/);
  const asked = { api: 'orders', request: '', functions: '', backend: '' };
  assert.match((await page.run(asked)).error ?? '', /apis\.orders\.request\.0/);
  writeFileSync(config, policies('others'));
  const mended = await page.document(broken.revision);
  assert.deepEqual([mended.apis, mended.problem], [['others'], '']);
});

test('the tests of a test file are the examples, as they are now', async (t) => {
  const tests = (name: string): string =>
    JSON.stringify({
      policies: './policies.json',
      tests: [
        { name, api: 'orders', request: { path: '/x' }, functions: { f: { result: 1 } }, expect: { calls: ['f'] } },
      ],
    });
  const files = filesOf(t, { 'policies.json': policies('orders'), tests: tests('first') });
  const child = startChild('try', process.execPath, [program, 'try', '--test', files.tests, '--serve']);
  t.after(() => child.stop());
  const page = await open(await urlOf(child));
  const first = await page.document();
  assert.deepEqual(
    first.examples.map(({ name, request }) => [name, request]),
    [['first', 'path: /x\n']],
  );
  writeFileSync(files.tests, tests('second'));
  assert.deepEqual(
    (await page.document(first.revision)).examples.map(({ name }) => name),
    ['second'],
  );
});

test('a run shows the steps, and tells what is wrong with the request, by line', async (t) => {
  const { child } = start(t);
  const page = await open(await urlOf(child));
  const { examples } = await page.document();
  const example = examples[0] ?? assert.fail('no example');
  const good = await page.run(example);
  assert.deepEqual(
    good.sections?.map(({ title }) => title),
    ['Request', '1. s (request phase)', 'Replies to Envoy', 'What the backend gets', 'What the caller gets'],
  );
  assert.equal(good.problem, '');
  const unanswered = await page.run({ ...example, functions: '' });
  assert.match(unanswered.problem ?? '', /the policies call f, for which no answer is given; write it under/);
  assert.match(
    (await page.run({ ...example, request: 'path: /\nmetod: GET' })).error ?? '',
    /^Request:2:1 metod: unknown field, did you mean method/,
  );
  assert.match(
    (await page.run({ ...example, functions: 'f: {error: Nope}' })).error ?? '',
    /^Answers of the functions:1:\d+ f\.error: is not/,
  );
  assert.match(
    (await page.run({ ...example, api: 'order' })).error ?? '',
    /no API has the name "order", did you mean orders/,
  );
  assert.match((await page.run({ api: 'orders' })).error ?? '', /request is not a text/);
});

interface Told {
  readonly revision: number;
  readonly apis: readonly string[];
  readonly problem: string;
  readonly examples: readonly Readonly<Record<'name' | 'api' | 'request' | 'functions' | 'backend', string>>[];
}

interface Shown {
  readonly error?: string;
  readonly problem?: string;
  readonly sections?: readonly { readonly title: string }[];
}

/** What the page's own script does. */
async function open(url: string) {
  const { origin } = new URL(url);
  const answer = await fetch(url);
  const key = /name="key" content="([\w-]+)"/.exec(await answer.text())?.[1] ?? '';
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const headers = { cookie, origin, 'x-playground-key': key, 'content-type': 'application/json' };
  return {
    async document(after?: number): Promise<Told> {
      const query = after === undefined ? '' : `?after=${after}`;
      return (await (await fetch(`${origin}/api/document${query}`, { headers })).json()) as Told;
    },
    async run(asked: object): Promise<Shown> {
      const options = { method: 'POST', headers, body: JSON.stringify(asked) };
      return (await (await fetch(`${origin}/api/run`, options)).json()) as Shown;
    },
  };
}
