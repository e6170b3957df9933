// Brings a checkout to where `npm start` and `npm test` can run: npm packages (Node 24 among them), Envoy and MiniStack
// in .local/, and the build; with --browser also a Chromium, for the tests of pages. Each step looks first whether it is done,
// so a second run takes a moment.
// Plain JavaScript without dependencies: on a fresh clone this runs on whatever Node the machine has.
import { fileURLToPath } from 'node:url';
import { installBrowser } from './setup/browser.mjs';
import { build } from './setup/build.mjs';
import { installPackages } from './setup/npm.mjs';
import { SetupError } from './setup/step.mjs';
import { installTools } from './setup/tools.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
try {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 18) throw new SetupError(`Node ${process.versions.node} is too old even for the set-up, which needs 18`);
  installPackages(root);
  installTools(root, process.env);
  if (process.argv.includes('--browser')) installBrowser(root, process.env);
  build(root);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
