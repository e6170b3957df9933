// Creates the picture of the playground in docs/images, with the demo's policies. Look at it before you commit it.
//
//   node scripts/setup.mjs --browser && node scripts/pictures.ts
import { join } from 'node:path';
import { startDemo } from '../demo/demo.ts';
import { freePorts } from '../demo/ports.ts';
import { startBrowser } from '../test/support/browser.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const images = join(import.meta.dirname, '../docs/images');
const { browser } = await startBrowser();
const demo = await startDemo({ ports: await freePorts(), directory: temporaryDirectory('pictures-').path });
try {
  const page = await (await browser.newContext()).newPage();
  await page.setViewportSize({ width: 1200, height: 800 });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(demo.playground);
  await page.waitForSelector('text=mutations of the request');
  await page.screenshot({ path: join(images, 'playground.png') });
} finally {
  await browser.close();
  await demo.stop();
}
process.exit();
