import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { excerpt, isNetworkFailure, run, SetupError } from './step.mjs';

const stampName = 'lambda-ext-proc.stamp';

/** Whether `installFromPyPI` has succeeded in this directory with this mark, and the programs still exist. */
export function isInstalled(venv, mark, programs) {
  const stamp = join(venv, stampName);
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== mark) return false;
  return programs.every((name) => existsSync(join(venv, 'bin', name)));
}

/** Creates a virtual environment and installs `requirements` (arguments of pip); `verify` may throw. */
export function installFromPyPI(venv, mark, requirements, verify) {
  const python = findPython();
  mkdirSync(dirname(venv), { recursive: true });
  const made = run(python, ['-m', 'venv', '--clear', venv]);
  if (!made?.ok) throw new SetupError(`${python} -m venv failed:\n${excerpt(made?.output ?? '')}`);
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', ...requirements];
  const pip = run(join(venv, 'bin/python3'), args);
  if (!pip?.ok) throw pipError(pip?.output ?? '');
  verify?.();
  // Last, so that an interrupted installation is repeated.
  writeFileSync(join(venv, stampName), mark);
}

function findPython() {
  for (const python of ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    const found = run(python, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))']);
    if (found?.ok) return python;
  }
  throw new SetupError(
    'Python 3.10 or later with venv is not in PATH: it is needed for Envoy and MiniStack, which come from PyPI. Install it (on Debian or ' +
      'Ubuntu: python3 and python3-venv), or set both ENVOY_BIN and MINISTACK_BIN.',
  );
}

function pipError(output) {
  const hint = isNetworkFailure(output)
    ? 'PyPI cannot be reached; Envoy and MiniStack come from there. Without a network set ENVOY_BIN and MINISTACK_BIN'
    : 'pip install failed';
  return new SetupError(`${hint}:\n${excerpt(output)}`);
}
