// The server of `try --serve`, asked as a browser, a page of another site, and other programs of this machine would.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { openPlayground, PlaygroundRefusal, type PlaygroundSource } from '../../../src/playground/index.ts';

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One that tells what it was asked, and changes when the test says so. */
class TestSource implements PlaygroundSource {
  revision = 1;
  readonly asked: unknown[] = [];
  act: (asked: unknown) => Promise<unknown> = async (asked) => ({ asked });
  #wake: (() => void)[] = [];
  document() {
    return { revision: this.revision, apis: ['orders'] };
  }
  async changed(_revision: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake.push(resolve);
      signal.addEventListener('abort', () => resolve());
    });
  }
  get waiting(): number {
    return this.#wake.length;
  }
  change(): void {
    this.revision++;
    for (const wake of this.#wake.splice(0)) wake();
  }
  run(asked: unknown): Promise<unknown> {
    this.asked.push(asked);
    return this.act(asked);
  }
}

async function open(t: TestContext) {
  const source = new TestSource();
  const playground = await openPlayground(source, 0);
  t.after(() => playground.close());
  const { origin, host, port } = new URL(playground.url);
  return { source, playground, origin, host, port: Number(port) };
}

/** Not by fetch, which sets Host and Origin by itself. */
async function ask(
  url: string,
  options: { method?: string; headers?: OutgoingHttpHeaders; body?: string } = {},
): Promise<Reply> {
  const { method = 'GET', headers = {}, body } = options;
  const sent = httpRequest(url, { method, headers, agent: false });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  return { status: answer.statusCode, headers: answer.headers, text };
}

/** What a browser has once it has opened the URL. */
async function browser({ url }: { readonly url: string }) {
  const { status, headers, text } = await ask(url);
  assert.equal(status, 200);
  const [cookie = ''] = (headers['set-cookie']?.[0] ?? '').split(';');
  const [, key = ''] = /name="key" content="([\w-]+)"/.exec(text) ?? [];
  return { cookie, key, headers: { cookie, 'x-playground-key': key } };
}

const run = (origin: string, headers: OutgoingHttpHeaders, body = '{"a":1}'): Promise<Reply> =>
  ask(`${origin}/api/run`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', ...headers },
    body,
  });

test('it listens on 127.0.0.1 alone, under a URL with a token of 32 random bytes', async (t) => {
  const { playground, port } = await open(t);
  assert.match(playground.url, /^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  const socket = connect(port, '::1');
  const [error] = await once(socket, 'error');
  assert.equal(error.code, 'ECONNREFUSED');
});

test('a port that is in use is an error', async (t) => {
  const { port } = await open(t);
  await assert.rejects(openPlayground(new TestSource(), port), { code: 'EADDRINUSE' });
});

test('without the token, or with a wrong one, nothing is served', async (t) => {
  const { origin, playground } = await open(t);
  for (const path of [
    '/',
    '/page.js',
    '/page.css',
    '/?token=',
    '/?token=x',
    `${new URL(playground.url).search.slice(0, -1)}`,
  ]) {
    const { status, text } = await ask(`${origin}${path.startsWith('/') ? path : `/${path}`}`);
    assert.equal(status, 403, path);
    assert.doesNotMatch(text, /<html|import/);
  }
});

test('the URL gives a cookie that scripts and other sites do not have, and the key once', async (t) => {
  const { origin, playground } = await open(t);
  const { status, headers, text } = await ask(playground.url);
  assert.equal(status, 200);
  assert.match(
    headers['set-cookie']?.join() ?? '',
    /^lambda-ext-proc-playground-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  assert.match(text, /name="key" content="[\w-]{43}"/);
  const [cookie] = headers['set-cookie']?.[0]?.split(';') ?? [];
  const again = await ask(origin, { headers: { cookie } });
  assert.equal(again.status, 200);
  assert.match(again.text, /name="key" content=""/);
});

test('a used URL works in the browser that used it, and in no other', async (t) => {
  const { playground } = await open(t);
  const { cookie } = await browser(playground);
  assert.equal((await ask(playground.url, { headers: { cookie } })).status, 200);
  const other = await ask(playground.url);
  assert.equal(other.status, 403);
  assert.equal(other.headers['set-cookie'], undefined);
  assert.equal((await ask(playground.url, { headers: { cookie: cookie.replace(/.$/, '_') } })).status, 403);
});

test('looking at the URL with HEAD does not use it up', async (t) => {
  const { playground } = await open(t);
  assert.equal((await ask(playground.url, { method: 'HEAD' })).status, 403);
  await browser(playground);
});

test('calls need the cookie and the key, the origin of the page, and a name of this machine', async (t) => {
  const { source, origin, host, port, playground } = await open(t);
  const { headers, cookie, key } = await browser(playground);
  assert.equal((await run(origin, headers)).status, 200);
  const refused: Readonly<Record<string, OutgoingHttpHeaders>> = {
    'no cookie': { 'x-playground-key': key },
    'no key': { cookie },
    'the cookie as key': { cookie, 'x-playground-key': cookie.split('=')[1] },
    'another origin': { ...headers, origin: 'http://evil.test' },
    'another port': { ...headers, origin: `http://127.0.0.1:${port + 1}` },
    'an origin that is hidden': { ...headers, origin: 'null' },
    https: { ...headers, origin: `https://${host}` },
    'a page of another site': { ...headers, 'sec-fetch-site': 'cross-site' },
    'a page of another port': { ...headers, 'sec-fetch-site': 'same-site' },
    'a name that means this address': { ...headers, host: `evil.test:${port}`, origin: `http://evil.test:${port}` },
    'a Host without the port': { ...headers, host: '127.0.0.1' },
    'another address of this machine': { ...headers, host: `127.0.0.2:${port}` },
  };
  for (const [name, given] of Object.entries(refused)) assert.equal((await run(origin, given)).status, 403, name);
  const withoutOrigin = await ask(`${origin}/api/run`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: '{}',
  });
  assert.equal(withoutOrigin.status, 403);
  assert.equal(source.asked.length, 1);
  const local = { ...headers, host: `localhost:${port}`, origin: `http://localhost:${port}` };
  assert.equal((await run(origin, local)).status, 200);
});

test('no page is given under another name, whatever it brings', async (t) => {
  const { origin, port, playground } = await open(t);
  const { cookie } = await browser(playground);
  for (const host of [`evil.test:${port}`, `127.0.0.1.evil.test:${port}`]) {
    const { status, text } = await ask(origin, { headers: { cookie, host } });
    assert.equal(status, 403, host);
    assert.doesNotMatch(text, /<html/);
  }
});

test('every answer forbids scripts of others, frames, sniffing and copies', async (t) => {
  const { origin, playground } = await open(t);
  const { headers } = await browser(playground);
  for (const path of ['/', '/page.js', '/page.css', '/none', '/api/document', '/api/none']) {
    const answer = await ask(`${origin}${path}`, { headers });
    const policy = String(answer.headers['content-security-policy']);
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['referrer-policy'], 'same-origin');
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
  }
});

test('only the page’s own files are served, however a path is written', async (t) => {
  const { origin, playground, port } = await open(t);
  const { cookie } = await browser(playground);
  assert.match((await ask(`${origin}/page.js`, { headers: { cookie } })).text, /^import /);
  assert.equal((await ask(`${origin}/page.js`, { method: 'DELETE', headers: { cookie, origin } })).status, 405);
  for (const path of [
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '//etc/passwd',
    '/index.html',
    '/tsconfig.json',
    '/page.js%00',
  ]) {
    const sent = httpRequest({ host: '127.0.0.1', port, path, headers: { cookie }, agent: false });
    sent.end();
    const [answer] = await once(sent, 'response');
    answer.resume();
    assert.equal(answer.statusCode, 404, path);
  }
});

test('a run gets what the page sent; a refusal is reported, an unexpected error is not', async (t) => {
  const { source, origin, playground } = await open(t);
  const { headers } = await browser(playground);
  assert.deepEqual(JSON.parse((await run(origin, headers)).text), { asked: { a: 1 } });
  source.act = () => Promise.reject(new PlaygroundRefusal('request: line 1: no method'));
  assert.deepEqual(await run(origin, headers).then(({ status, text }) => [status, JSON.parse(text)]), [
    422,
    { error: 'request: line 1: no method' },
  ]);
  source.act = () => Promise.reject(new Error('/home/ada/secret.yaml'));
  const broken = await run(origin, headers);
  assert.equal(broken.status, 500);
  assert.doesNotMatch(broken.text, /ada/);
});

test('what is not JSON, too large, or one run too many is refused', async (t) => {
  const { source, origin, playground } = await open(t);
  const { headers } = await browser(playground);
  assert.equal((await run(origin, { ...headers, 'content-type': 'text/plain' })).status, 415);
  assert.equal((await run(origin, headers, '{')).status, 400);
  assert.equal((await run(origin, headers, JSON.stringify('x'.repeat(1024 * 1024)))).status, 413);
  const waiting: (() => void)[] = [];
  source.act = () => new Promise((resolve) => waiting.push(() => resolve({})));
  // One runs, seven wait.
  const runs = Array.from({ length: 9 }, () => run(origin, headers));
  assert.equal((await Promise.race(runs)).status, 429);
  const timer = setInterval(() => waiting.shift()?.(), 1);
  const statuses = (await Promise.all(runs)).map(({ status }) => status);
  clearInterval(timer);
  assert.deepEqual(statuses.sort(), [...Array(8).fill(200), 429]);
  source.act = async () => ({});
  assert.equal((await run(origin, headers)).status, 200);
});

test('the page gets the document at once, and again when it changes', async (t) => {
  const { source, origin, playground } = await open(t);
  const { headers } = await browser(playground);
  const first = await ask(`${origin}/api/document`, { headers });
  assert.deepEqual(JSON.parse(first.text), { revision: 1, apis: ['orders'] });
  const second = ask(`${origin}/api/document?after=1`, { headers });
  while (source.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
  source.change();
  assert.equal(JSON.parse((await second).text).revision, 2);
  assert.equal(JSON.parse((await ask(`${origin}/api/document?after=1`, { headers })).text).revision, 2);
});

test('closing ends calls that wait', async (t) => {
  const { source, origin, playground } = await open(t);
  const { headers } = await browser(playground);
  const waiting = ask(`${origin}/api/document?after=1`, { headers });
  while (source.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
  playground.close();
  await assert.rejects(waiting);
});

test('an address that is not valid is the fault of who asks', async (t) => {
  const { origin, port } = await open(t);
  const sent = httpRequest(origin, { path: '//[', headers: { host: `127.0.0.1:${port}` }, agent: false });
  sent.end();
  const [answer] = await once(sent, 'response');
  answer.resume();
  assert.equal(answer.statusCode, 400);
});
