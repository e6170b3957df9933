import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const directory = join(import.meta.dirname, '../../.local/browser');
const unpacked = join(directory, 'unpacked');

/** As much of Playwright's page as the tests use. */
export interface BrowserPage {
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
  readonly clock: { install(): Promise<void>; fastForward(ms: number): Promise<void> };
  goto(url: string): Promise<{ status(): number } | null>;
  reload(): Promise<unknown>;
  url(): string;
  title(): Promise<string>;
  isVisible(selector: string): Promise<boolean>;
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
  screenshot(options: { path: string; fullPage?: boolean }): Promise<unknown>;
}

interface BrowserContext {
  newPage(): Promise<BrowserPage>;
  close(): Promise<void>;
}

export interface Browser {
  newContext(options?: { javaScriptEnabled?: boolean }): Promise<BrowserContext>;
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

/** Why there is none; undefined: there is one. npm has it for one platform only. */
export function browserMissing(): string | undefined {
  if (process.env.CHROMIUM_BIN || (process.platform === 'linux' && process.arch === 'x64')) return undefined;
  return 'CHROMIUM_BIN is not set, and npm has no Chromium for this platform';
}

/** A real Chromium with its own security, as `node scripts/setup.mjs --browser` has installed it, or CHROMIUM_BIN. */
export async function startBrowser(): Promise<BrowserKit> {
  if (!existsSync(join(directory, 'node_modules'))) {
    throw new Error(`${directory} is not there: run \`node scripts/setup.mjs --browser\``);
  }
  const require = createRequire(join(directory, 'package.json'));
  // Some of them are CommonJS, whose exports are the default.
  const load = async (name: string) => {
    const { default: exports, ...named } = await import(require.resolve(name));
    return { ...named, ...exports, default: exports };
  };
  const { chromium } = await load('playwright-core');
  const { AxeBuilder } = await load('@axe-core/playwright');
  const browser: Browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_BIN || join(unpacked, 'chromium'),
    // Not the package's own arguments: they switch the same-origin policy off.
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
    // The package's own fonts: a machine may have none, and pictures look the same everywhere.
    env: { ...process.env, FONTCONFIG_PATH: join(unpacked, 'fonts') },
  });
  return { browser, audit: async (page) => (await new AxeBuilder({ page }).analyze()).violations };
}
