import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { excerpt, run, SetupError, step } from './step.mjs';

/** The supported versions of Node in addition to that of package.json, which `npm test` uses. */
export const nodeVersions = ['26.10.0'];

/**
 * The path of this Node's program, from npm's package `node`; installs it into .local/nodes/ if it is missing. `version`: an exact version,
 * or a major version for its newest release.
 */
export function installNode(root, version) {
  const directory = join(root, '.local/nodes', version);
  const program = join(directory, 'node_modules/node/bin/node');
  const isExact = version.includes('.');
  if (isExact && run(program, ['--version'])?.output.trim() === `v${version}`) return program;
  step(`Node ${version} from npm into .local/nodes`, () => {
    mkdirSync(directory, { recursive: true });
    const args = ['install', '--prefix', directory, '--no-save', '--no-audit', '--no-fund', `node@${version}`];
    const installed = run('npm', args);
    if (!installed?.ok)
      throw new SetupError(`npm install failed:\n${excerpt(installed?.output ?? 'npm is not in PATH')}`);
  });
  return program;
}
