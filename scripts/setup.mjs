// Prepares a checkout for `npm start` and `npm test`: npm packages (including Node 24), Envoy and MiniStack in .local/, and
// the build; with --browser also a Chromium, for the tests of pages. Each step first checks whether it is already done, so a
// second run is fast.
// Plain JavaScript without dependencies: on a fresh clone this runs on whatever Node the machine has.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installBrowser } from './setup/browser.mjs';
import { build } from './setup/build.mjs';
import { hasPackages, installPackages } from './setup/npm.mjs';
import { SetupError } from './setup/step.mjs';
import { installTools } from './setup/tools.mjs';

/** Flag of the process that only installs the tools. */
const TOOLS_ONLY = '--tools-only';

const script = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
try {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 18)
    throw new SetupError(`Node ${process.versions.node} is too old for the set-up, which needs 18 or later`);
  if (process.argv.includes(TOOLS_ONLY)) installTools(root, process.env);
  else if (await installDependencies()) {
    if (process.argv.includes('--browser')) installBrowser(root, process.env);
    build(root);
  } else process.exitCode = 1;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}

/** False: the tools could not be installed, and their process has printed why. */
async function installDependencies() {
  if (hasPackages(root)) {
    installTools(root, process.env);
    return true;
  }
  // npm and PyPI at the same time, because each takes up to a minute. A process, because installPackages blocks this one.
  const tools = spawn(process.execPath, [script, TOOLS_ONLY], { stdio: 'inherit' });
  const ended = new Promise((resolve) => tools.once('close', resolve).once('error', resolve));
  try {
    installPackages(root);
  } catch (error) {
    // An error is the last line that is printed.
    await ended;
    throw error;
  }
  return (await ended) === 0;
}
