import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { directory, hasImage, root, run } from './buildah.ts';

/**
 * The two base images, built from Debian's packages and this machine's Node, with the names in the Dockerfile: the registries of the real
 * images are not available everywhere.
 */
export interface BaseImages {
  /** `BUILD_IMAGE`: Debian with a shell, Node and npm. */
  readonly build: string;
  /** `BASE_IMAGE`: Distroless. */
  readonly base: string;
}

export function baseNames(): BaseImages {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const named = (argument: string): string => {
    const name = new RegExp(`^ARG ${argument}=(\\S+)$`, 'm').exec(dockerfile)?.[1];
    if (name === undefined) throw new Error(`the Dockerfile has no ARG ${argument}`);
    return name;
  };
  return { build: named('BUILD_IMAGE'), base: named('BASE_IMAGE') };
}

const SUITE = 'trixie';

/**
 * The packages of gcr.io/distroless/nodejs24-debian13, as listed in {static,base,cc}/config.bzl of
 * github.com/GoogleContainerTools/distroless; the real image has Node from nodejs.org. It does not run the packages' scripts either.
 */
const DISTROLESS = [
  ...['base-files', 'netbase', 'tzdata', 'tzdata-legacy', 'media-types'],
  ...['libc6', 'libssl3t64', 'libzstd1', 'zlib1g'],
  ...['libgomp1', 'libstdc++6', 'libgcc-s1', 'gcc-14-base'],
];

/** As in common/BUILD.bazel of that repository. */
const PASSWD = `root:x:0:0:root:/root:/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
`;
const GROUP = 'root:x:0:\nnobody:x:65534:\ntty:x:5:\nstaff:x:50:\nnonroot:x:65532:\n';
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

export function makeStandIns({ build, base }: BaseImages): void {
  if (hasImage(build) && hasImage(base)) return;
  const rootfs = join(directory, `rootfs-${SUITE}`);
  const packages = join(directory, `packages-${SUITE}`);
  if (!existsSync(join(rootfs, 'etc/debian_version'))) {
    mkdirSync(packages, { recursive: true });
    const more = ['ca-certificates', ...DISTROLESS].join(',');
    run('debootstrap', ['--variant=minbase', `--cache-dir=${packages}`, `--include=${more}`, SUITE, rootfs]);
  }
  makeBuildImage(build, rootfs);
  makeDistroless(base, packages);
}

function makeBuildImage(name: string, rootfs: string): void {
  // The same paths as in the official image; npm resolves the link of its command to find its modules.
  cpSync(process.execPath, join(rootfs, 'usr/local/bin/node'), { dereference: true });
  const npm = run('sh', ['-c', 'readlink -f "$(command -v npm)"']);
  cpSync(join(npm, '../..'), join(rootfs, 'usr/local/lib/node_modules/npm'), { recursive: true });
  writeFileSync(
    join(rootfs, 'usr/local/bin/npm'),
    '#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\n',
    { mode: 0o755 },
  );
  // This machine's certificates, because its connection to the registry may need an additional one.
  cpSync(CERTIFICATES, join(rootfs, CERTIFICATES));
  commit(name, rootfs, [`NODE_EXTRA_CA_CERTS=${CERTIFICATES}`, 'PATH=/usr/local/bin:/usr/bin:/bin'], '0');
}

function makeDistroless(name: string, packages: string): void {
  const rootfs = join(directory, 'distroless');
  run('rm', ['-rf', rootfs]);
  const files = readdirSync(packages);
  for (const wanted of DISTROLESS) {
    const file = files.find((each) => each.startsWith(`${wanted}_`));
    if (file === undefined) throw new Error(`debootstrap has not installed the package ${wanted}`);
    run('dpkg-deb', ['--extract', join(packages, file), rootfs]);
  }
  for (const made of ['nodejs/bin', 'etc/ssl/certs', 'tmp', 'home/nonroot']) {
    mkdirSync(join(rootfs, made), { recursive: true });
  }
  writeFileSync(join(rootfs, 'etc/passwd'), PASSWD);
  writeFileSync(join(rootfs, 'etc/group'), GROUP);
  cpSync(CERTIFICATES, join(rootfs, CERTIFICATES));
  cpSync(process.execPath, join(rootfs, 'nodejs/bin/node'), { dereference: true });
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  commit(name, rootfs, [path, `SSL_CERT_FILE=${CERTIFICATES}`], '65532');
}

function commit(name: string, rootfs: string, env: readonly string[], user: string): void {
  const container = run('buildah', ['from', 'scratch']);
  run('buildah', ['add', container, rootfs, '/']);
  const variables = env.flatMap((variable) => ['--env', variable]);
  run('buildah', ['config', ...variables, '--user', user, container]);
  run('buildah', ['commit', '--rm', '--format', 'docker', container, name]);
}
