import assert from 'node:assert/strict';
import type { BrowserKit, BrowserPage } from '../support/browser.ts';

/** axe finds nothing on the page, also in what can be opened, and the page does not scroll sideways. */
export async function assertAccessible(
  kit: BrowserKit,
  page: BrowserPage,
  colorScheme: 'light' | 'dark',
  width: number,
): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 800 });
  await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
  const found = (await kit.audit(page)).map(({ id, nodes }) => [id, nodes[0]?.html, nodes[0]?.failureSummary]);
  assert.deepEqual(found, [], `${page.url()}, ${colorScheme}, ${width} pixels wide`);
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  assert.equal(await page.evaluate(overflow), 0, `${page.url()}, ${width} pixels wide`);
}
