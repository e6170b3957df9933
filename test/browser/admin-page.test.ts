// The admin page in a real Chromium, of a supervisor with two workers behind a real Envoy.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type BrowserKit, type BrowserPage, browserMissing, startBrowser } from '../support/browser.ts';
import { assertAccessible } from './accessible.ts';
import { type AdminScene, HOSTILE, PATHS, SECRETS, startAdminScene } from './admin-scene.ts';

const ROUNDS = 4;

describe('the admin page in a browser', { skip: browserMissing() ?? false }, () => {
  let kit: BrowserKit;
  let scene: AdminScene;
  let url: string;
  before(async () => {
    // One after the other, each kept at once: what has started is stopped where the next does not start.
    kit = await startBrowser();
    scene = await startAdminScene();
    url = scene.environment.sidecar.adminUrl;
    await scene.traffic(ROUNDS);
    await scene.reload();
  });
  after(async () => {
    await kit?.browser.close();
    await scene?.stop();
  });

  async function opened(path: string, javaScriptEnabled = true): Promise<{ page: BrowserPage; complaints: string[] }> {
    const page = await (await kit.browser.newContext({ javaScriptEnabled })).newPage();
    await page.clock.install();
    const complaints: string[] = [];
    page.on('console', (told) => void complaints.push(told.text()));
    page.on('pageerror', (told) => void complaints.push(String(told)));
    page.on('request', (told) => {
      if (!told.url().startsWith(`${url}/`)) complaints.push(told.url());
    });
    await page.goto(url + path);
    return { page, complaints };
  }

  const textOf = async (page: BrowserPage, selector = 'main'): Promise<string> =>
    (await page.textContent(selector)) ?? '';

  test('no page asks for or runs anything but its own files, and hostile names are texts on all of them', async () => {
    const { page, complaints } = await opened('/');
    for (const path of PATHS) {
      await page.goto(url + path);
      assert.notEqual(await page.title(), 'taken');
      assert.equal(await page.evaluate('document.querySelectorAll("main img, main script").length'), 0, path);
      for (const secret of SECRETS)
        assert.ok(!String(await page.evaluate('document.documentElement.outerHTML')).includes(secret));
    }
    await page.goto(`${url}/apis`);
    assert.ok((await textOf(page)).includes(HOSTILE));
    assert.deepEqual(complaints, []);
    // Nor can a script that somehow got into the page make markup of a text.
    const script = '(() => { try { document.body.innerHTML = "x"; return "made" } catch { return "refused" } })()';
    assert.equal(await page.evaluate(script), 'refused');
  });

  test('a failure has its place and reason, and both workers are counted', async () => {
    const { page } = await opened('/failures');
    const kinds = await page.evaluate('[...document.querySelectorAll("[data-slot=kind]")].map((b) => b.textContent)');
    const counted = (kind: string): number => (kinds as string[]).filter((found) => found === kind).length;
    assert.deepEqual([counted('throttled'), counted('not_found'), counted('expression')], [ROUNDS, ROUNDS, ROUNDS]);
    const failed = await textOf(page, 'ol.failures > li:has-text("quotes / quote")');
    for (const part of ['policies.json:', 'is null and has no elements', 'function', 'status 500']) {
      assert.ok(failed.includes(part), `${part} in ${failed}`);
    }
    await page.goto(url);
    const functions = await textOf(page, '[data-list="functions"]');
    assert.match(functions, /orders.*customer-tier.*pricing.*100 %/s);
    assert.match(
      await textOf(page),
      /Added API orders, step request audit.*Changed API pricing, step request price: configuration.qualifier/s,
    );
  });

  test('numbers and failures come by themselves, what is open stays open, and updates can be paused', async () => {
    const { page, complaints } = await opened('/failures');
    await page.click('details summary');
    const first = await page.evaluate('document.querySelector("details").closest("li").dataset.key');
    await scene.environment.call('/pricing');
    const newer = `ol.failures > li:first-child:not([data-key="${String(first)}"])`;
    // Some answers are shared for a second: it may take more than one of the page's questions.
    for (let i = 0; i < 100 && !(await page.isVisible(newer)); i++) {
      await page.clock.fastForward(5_000);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const open = `document.querySelector('li[data-key="${String(first)}"] details').open`;
    assert.equal(await page.evaluate(open), true);
    assert.match(await textOf(page, 'ol.failures > li'), /expression pricing \/ price/);
    await page.click('#pause');
    assert.equal(await page.evaluate('document.getElementById("pause").getAttribute("aria-pressed")'), 'true');
    assert.deepEqual(complaints, []);
  });

  test('without scripts the page says the same', async () => {
    const { page } = await opened('/', false);
    assert.match(await textOf(page), /Traffic.*throttled.*customer-tier.*Policies in force/s);
    assert.equal(await page.isVisible('#pause'), false);
    await page.fill('#q', 'PRIC');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=1 of 5 APIs');
  });

  // test/long/admin-page-images.long.ts looks at every page in all sizes and colours.
  test('a screen reader, a keyboard and a small screen find everything, in light and dark', async () => {
    const { page } = await opened('/');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to content');
    await assertAccessible(kit, page, 'light', 1280);
    await page.goto(`${url}/failures`);
    await assertAccessible(kit, page, 'dark', 360);
    await page.goto(`${url}/api?${new URLSearchParams({ name: HOSTILE })}`);
    await assertAccessible(kit, page, 'light', 360);
  });
});
