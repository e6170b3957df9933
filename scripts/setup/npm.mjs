import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { excerpt, isNetworkFailure, run, SetupError, step } from './step.mjs';

/** `npm ci`. */
export function installPackages(root) {
  step('npm packages', () => {
    // Not the npm or the Node inside node_modules: npm ci deletes them while it runs.
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

/** Whether every package of package-lock.json that is not for another platform is installed in exactly that version. */
export function hasPackages(root) {
  // npm lists what it has installed in this lock file, so packages added by `npm install` count too.
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

/** Node 24 is an npm package whose install script downloads the binary: with `ignore-scripts` there is none. */
function checkNode(root) {
  const node = run(join(root, 'node_modules/.bin/node'), ['--version']);
  const major = Number(/^v(\d+)\./.exec(node?.output ?? '')?.[1] ?? 0);
  if (major >= 24) return;
  throw new SetupError(
    'npm ci installed no Node 24 in node_modules/.bin. Check whether `ignore-scripts` is set for npm (`npm config get ' +
      "ignore-scripts`): Node's package needs its install script. Otherwise there is no build for this platform.",
  );
}
