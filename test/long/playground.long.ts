// The playground in a real Chromium: what its page shows, how it is used without a mouse, and what it must not do.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Child, startChild, waitFor } from '../../scripts/support/child.ts';
import { type BrowserKit, type BrowserPage, startBrowser } from '../support/browser.ts';

const program = join(import.meta.dirname, '../../src/main.ts');
const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
/** That a call was refused is told on the page. */
const isComplaint = (told: { text(): string; type(): string }): boolean =>
  told.type() === 'error' && !told.text().startsWith('Failed to load resource');
const policies = (header: string): string => `
version: 1
envoy: {allowModeOverride: true}
defaults: {region: us-east-1}
apis:
  orders:
    request:
      - name: tier
        configuration:
          function: customer-tier
          payload: "{#request.content}"
          variables: [{name: tier, value: "{#jsonPath(#lambdaResponse.content, '$.tier')}"}]
          mutations: {headers: {set: {${header}: "{#context.attributes['tier']}"}}}
  quote:
    request:
      - {name: quote, configuration: {function: quote, sendToConsumer: true}}
`;

describe('the playground in a browser', () => {
  let kit: BrowserKit;
  let directory: string;
  let config: string;
  before(async () => {
    kit = await startBrowser();
    directory = mkdtempSync(join(tmpdir(), 'playground-'));
    config = join(directory, 'policies.yaml');
  });
  after(async () => {
    await kit?.browser.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** The page that the URL gives, and everything that the browser complained of or asked for. */
  async function opened(t: TestContext): Promise<{
    child: Child;
    url: string;
    page: BrowserPage;
    complaints: string[];
    asked: string[];
  }> {
    writeFileSync(config, policies('x-tier'));
    const child = startChild('try', process.execPath, [program, 'try', '--config', config, '--serve']);
    t.after(() => child.stop());
    const url = await waitFor(child, 'its URL', () => /http:\/\/\S+token=\S+/.exec(child.output())?.[0]);
    const page = await (await kit.browser.newContext()).newPage();
    const complaints: string[] = [];
    const asked: string[] = [];
    page.on('console', (told) => void (isComplaint(told) && complaints.push(told.text())));
    page.on('pageerror', (told) => void complaints.push(String(told)));
    page.on('request', (told) => void asked.push(told.url()));
    await page.goto(url);
    await shows(page, 'caller gets');
    return { child, url, page, complaints, asked };
  }

  const shows = (page: BrowserPage, text: string): Promise<unknown> => page.waitForSelector(`section >> text=${text}`);

  test('it shows each step, runs while one types, and follows the document', async (t) => {
    const { page, complaints, asked } = await opened(t);
    await page.fill('#functions', 'customer-tier: {result: {tier: silver}}');
    await shows(page, 'set x-tier: silver');
    await page.fill('#request', 'metod: GET');
    await shows(page, 'did you mean method?');
    await page.fill('#request', 'path: /mine');
    await shows(page, 'GET /mine');
    writeFileSync(config, policies('x-other'));
    await shows(page, 'set x-other: silver');
    await page.selectOption('#api', 'quote');
    await shows(page, 'quote answered');
    assert.deepEqual(complaints, []);
    const { origin } = new URL(page.url());
    assert.ok(
      asked.every((url) => url.startsWith(origin) || url === 'data:,'),
      String(asked),
    );
  });

  test('the token leaves the address, a reload continues, and another browser gets nothing', async (t) => {
    const { url, page } = await opened(t);
    assert.equal(new URL(page.url()).search, '');
    await page.reload();
    await shows(page, 'caller gets');
    const other = await (await kit.browser.newContext()).newPage();
    assert.equal((await other.goto(url))?.status(), 403);
    assert.equal(await other.evaluate('document.querySelectorAll("script, form").length'), 0);
  });

  test('what a caller or a function sends is text and never markup', async (t) => {
    const { page } = await opened(t);
    const title = await page.evaluate('document.title');
    await page.fill(
      '#request',
      `path: /x\nheaders: {x-a: ${JSON.stringify(HOSTILE)}}\nbody: ${JSON.stringify(HOSTILE)}`,
    );
    await page.fill('#functions', `customer-tier: {result: ${JSON.stringify({ tier: HOSTILE })}}`);
    await shows(page, 'onerror');
    assert.equal(await page.evaluate('document.querySelectorAll("#steps img, #steps script").length'), 0);
    await page.fill('#functions', `${JSON.stringify(HOSTILE)}: {nothing: 1}`);
    await shows(page, 'nothing: unknown field');
    assert.equal(await page.evaluate('document.querySelectorAll("#problem img").length'), 0);
    assert.equal(await page.evaluate('document.title'), title);
    // Nor can a script that somehow got into the page make markup of a text.
    assert.equal(
      await page.evaluate(
        '(() => { try { document.body.innerHTML = "x"; return "made" } catch { return "refused" } })()',
      ),
      'refused',
    );
  });

  test('it is used by keyboard alone, and nothing holds the focus', async (t) => {
    const { page } = await opened(t);
    await page.click('#live');
    await page.focus('#request');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('path: /typed');
    await page.keyboard.press('Control+Enter');
    await shows(page, 'GET /typed');
    const order: unknown[] = [];
    for (let i = 0; i < 5; i++) {
      await page.keyboard.press('Tab');
      order.push(await page.evaluate('document.activeElement.id || document.activeElement.type'));
    }
    assert.deepEqual(order, ['functions', 'backend', 'submit', 'live', 'copy']);
  });

  test('a screen reader and a small screen find everything, in light and dark', async (t) => {
    const { page } = await opened(t);
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [360, 1280]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        const violations = await kit.audit(page);
        assert.deepEqual(
          violations.map(({ id, nodes }) => [id, nodes[0]?.html, nodes[0]?.failureSummary]),
          [],
        );
        const overflow = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        assert.equal(overflow, 0, `${width} pixels wide`);
      }
    }
  });

  test('when the playground ends, the page says so', async (t) => {
    const { child, page } = await opened(t);
    child.signal('SIGINT');
    assert.equal(await child.exited, 0);
    await shows(page, 'Is it still running in its terminal?');
  });
});
