import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { excerpt, isNetworkFailure, run, SetupError, step } from './step.mjs';

/** `npm ci`, when node_modules is not what package-lock.json says. */
export function installPackages(root) {
  if (isInstalled(root)) return;
  step('npm packages', () => {
    // Not the npm nor the Node inside node_modules: npm ci deletes them under its own feet.
    const path = (process.env.PATH ?? '').split(delimiter).filter((part) => !part.includes('node_modules'));
    const env = { ...process.env, PATH: path.join(delimiter) };
    const npm = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, env });
    if (!npm) throw new SetupError('npm is not in PATH; it comes with Node, see https://nodejs.org');
    if (!npm.ok) {
      const hint = isNetworkFailure(npm.output) ? 'the npm registry cannot be reached' : '`npm ci` failed';
      throw new SetupError(`${hint}:\n${excerpt(npm.output, 0, 15)}`);
    }
  });
  checkNode(root);
}

/** Every package of the lock that is not for another platform is installed in that very version. */
function isInstalled(root) {
  // npm keeps what it has installed in a lock file of its own, so packages added by `npm install` count as well.
  const installedFile = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile) || !existsSync(join(root, 'node_modules/.bin/node'))) return false;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = installed[path];
    return found ? found.version === version && found.integrity === integrity : optional === true;
  });
}

/** Node 24 comes as an npm package whose install script fetches the binary: `ignore-scripts` leaves nothing there. */
function checkNode(root) {
  const node = run(join(root, 'node_modules/.bin/node'), ['--version']);
  const major = Number(/^v(\d+)\./.exec(node?.output ?? '')?.[1] ?? 0);
  if (major >= 24) return;
  throw new SetupError(
    'npm ci gave no Node 24 in node_modules/.bin. Is `ignore-scripts` set for npm (`npm config get ignore-scripts`)? ' +
      "Node's own package needs its install script. Or there is no build of it for this platform.",
  );
}
