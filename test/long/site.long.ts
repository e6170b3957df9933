import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join, normalize } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildSite, SITE } from '../../site/build.ts';
import { type BrowserKit, type BrowserPage, startBrowser } from '../support/browser.ts';

const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.css', 'text/css'],
  ['.js', 'text/javascript'],
  ['.svg', 'image/svg+xml'],
]);
const SEEN = [
  '/',
  '/docs/guides/try-a-policy.html',
  '/docs/reference/configuration.html',
  '/docs/reference/check.html',
];

describe('the site', () => {
  let kit: BrowserKit;
  let server: Server;
  let origin = '';
  let pages: readonly string[] = [];

  before(async () => {
    buildSite();
    pages = globSync('**/*.html', { cwd: SITE });
    kit = await startBrowser();
    server = createServer(({ url = '/' }, answer) => {
      const path = normalize(decodeURIComponent(url.split(/[?#]/, 1)[0] ?? '/'));
      try {
        const body = readFileSync(join(SITE, path.endsWith('/') ? `${path}index.html` : path));
        answer.writeHead(200, { 'content-type': TYPES.get(extname(path)) ?? TYPES.get('.html') }).end(body);
      } catch {
        answer.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(async () => {
    await kit.browser.close();
    server.close();
  });

  test('has every page of docs/ and no dead link or anchor', () => {
    const text = new Map(pages.map((page) => [page, readFileSync(join(SITE, page), 'utf8')]));
    const ids = new Map(
      [...text].map(([page, html]) => [page, new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))]),
    );
    for (const file of globSync('docs/**/*.md')) assert.ok(text.has(file.replace(/\.md$/, '.html')), file);
    const dead: string[] = [];
    let looked = 0;
    for (const [page, html] of text) {
      for (const [, href = ''] of html.matchAll(/<a [^>]*href="([^"]+)"/g)) {
        if (/^[a-z]+:/.test(href)) continue;
        looked++;
        const [path = '', anchor = ''] = href.split('#');
        const absolute = path.startsWith('/') ? path.slice(1) : join(dirname(page), path).replace(/^\.\/$/, '');
        const to = path === '' ? page : absolute === '' || absolute.endsWith('/') ? `${absolute}index.html` : absolute;
        const known = ids.get(to);
        if (known === undefined || (anchor !== '' && !known.has(decodeURIComponent(anchor))))
          dead.push(`${page}: ${href}`);
      }
    }
    assert.deepEqual(dead, []);
    assert.ok(looked > 500, `${looked} links`);
  });

  for (const width of [360, 1280]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`fits ${width} px, ${colorScheme}`, async () => {
        const page = await open(colorScheme, width);
        for (const path of SEEN) {
          assert.equal((await page.goto(`${origin}${path}`))?.status(), 200, path);
          const wide = await page.evaluate(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
          assert.ok(Number(wide) <= 0, `${path} is ${wide} px too wide`);
          assert.equal(
            await page.evaluate("document.documentElement.classList.contains('dark')"),
            colorScheme === 'dark',
          );
        }
      });
    }
  }

  test('finds a page by a word of it', async () => {
    const page = await open('light', 1280);
    await page.goto(`${origin}/`);
    await page.click('.VPNavBarSearchButton, .DocSearch-Button');
    await page.waitForSelector('.search-input');
    await page.fill('.search-input', 'maxConcurrency');
    await page.waitForSelector('.results .result');
    assert.match(String(await page.textContent('.results')), /Errors of an invocation|policies\.yaml/);
  });

  async function open(colorScheme: 'light' | 'dark', width: number): Promise<BrowserPage> {
    const page = await (await kit.browser.newContext()).newPage();
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    return page;
  }
});
