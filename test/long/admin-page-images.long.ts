// Every page in all sizes and colours. Makes the pictures of docs/guides/admin-page.md anew: commit them where the page has changed.
import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertAccessible } from '../browser/accessible.ts';
import { PATHS, startAdminScene } from '../browser/admin-scene.ts';
import { browserMissing, startBrowser } from '../support/browser.ts';

const directory = join(import.meta.dirname, '../../docs/images');
const MOST_BYTES = 150_000;

test('pictures of the admin page, and nothing for axe to complain of', {
  skip: browserMissing() ?? false,
}, async (t) => {
  const [kit, scene] = await Promise.all([startBrowser(), startAdminScene()]);
  t.after(async () => {
    await kit.browser.close();
    await scene.stop();
  });
  const url = scene.environment.sidecar.adminUrl;
  // Long enough for the plots to have something to show.
  const end = Date.now() + 45_000;
  for (let round = 1; Date.now() < end; round++) {
    await scene.traffic(1 + (round % 3));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  await scene.reload();
  mkdirSync(directory, { recursive: true });
  for (const [name, path, colorScheme, width, height] of [
    ['admin-page.png', '/', 'light', 1280, 1040],
    ['admin-page-phone.png', '/failures', 'dark', 360, 760],
  ] as const) {
    const page = await (await kit.browser.newContext()).newPage();
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await page.goto(url + path);
    if (path === '/failures') await page.click('details summary');
    const file = join(directory, name);
    await page.screenshot({ path: file });
    assert.ok(statSync(file).size < MOST_BYTES, `${name}: ${statSync(file).size} bytes`);
  }
  const page = await (await kit.browser.newContext()).newPage();
  for (const path of PATHS) {
    await page.goto(url + path);
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [360, 1280]) await assertAccessible(kit, page, colorScheme, width);
    }
  }
});
