import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const CHROMIUM = '@sparticuz/chromium';
const wanted = join(root, 'test/long/browser');
const directory = join(root, '.local/browser');

/** As much of Playwright's page as the tests use. */
export interface BrowserPage {
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
  goto(url: string): Promise<{ status(): number } | null>;
  reload(): Promise<unknown>;
  url(): string;
  on(
    event: 'console' | 'pageerror' | 'request',
    listener: (told: { text(): string; type(): string; url(): string }) => void,
  ): void;
  fill(selector: string, text: string): Promise<void>;
  focus(selector: string): Promise<void>;
  click(selector: string): Promise<void>;
  selectOption(selector: string, value: string): Promise<unknown>;
  textContent(selector: string): Promise<string | null>;
  waitForSelector(selector: string): Promise<unknown>;
  evaluate(script: string): Promise<unknown>;
  emulateMedia(media: { colorScheme: 'light' | 'dark' }): Promise<void>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
}

interface BrowserContext {
  newPage(): Promise<BrowserPage>;
}

export interface Browser {
  newContext(): Promise<BrowserContext>;
  close(): Promise<void>;
}

export interface AxeViolation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

export interface BrowserKit {
  readonly browser: Browser;
  /** What axe has to say of a page. */
  audit(page: BrowserPage): Promise<readonly AxeViolation[]>;
}

/** A real Chromium with its own security: installed into .local/browser at the first time (90 MB). */
export async function startBrowser(): Promise<BrowserKit> {
  install();
  const require = createRequire(join(directory, 'package.json'));
  // Some of them are CommonJS, whose exports are the default.
  const load = async (name: string) => {
    const { default: exports, ...named } = await import(require.resolve(name));
    return { ...named, ...exports, default: exports };
  };
  const { chromium } = await load('playwright-core');
  const { default: binary } = await import(require.resolve(CHROMIUM));
  const { AxeBuilder } = await load('@axe-core/playwright');
  // Not the package's own arguments: they switch the same-origin policy off.
  const args = ['--no-sandbox', '--disable-gpu'];
  const browser: Browser = await chromium.launch({ executablePath: await binary.executablePath(), args });
  return { browser, audit: async (page) => (await new AxeBuilder({ page }).analyze()).violations };
}

function install(): void {
  mkdirSync(directory, { recursive: true });
  const lock = 'package-lock.json';
  const installed = join(directory, lock);
  const isThere = existsSync(join(directory, 'node_modules/playwright-core'));
  if (isThere && existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(join(wanted, lock), 'utf8'))
    return;
  for (const file of ['package.json', lock]) cpSync(join(wanted, file), join(directory, file));
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = spawnSync('npm', args, { cwd: directory, encoding: 'utf8' });
  if (npm.status !== 0) throw new Error(`npm ci in ${directory} failed: ${npm.stderr}`);
}
