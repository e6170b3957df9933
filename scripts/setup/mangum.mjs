import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installFromPyPI, isInstalled } from './pypi.mjs';
import { step } from './step.mjs';

/** The path of a Python with Mangum and FastAPI, for long tests; installs it into .local/mangum if it is missing. */
export function installMangum(root) {
  const venv = join(root, '.local/mangum');
  const requirements = join(root, 'scripts/setup/mangum.requirements.txt');
  const mark = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (!isInstalled(venv, mark, ['python3'])) {
    step('Mangum and FastAPI from PyPI into .local/mangum', () => installFromPyPI(venv, mark, ['-r', requirements]));
  }
  return join(venv, 'bin/python3');
}
