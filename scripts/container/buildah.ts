import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export const directory = join(root, '.local/container');

/** With these settings buildah needs neither overlay file systems nor user namespaces. */
export const buildahEnv = {
  ...process.env,
  BUILDAH_ISOLATION: 'chroot',
  STORAGE_DRIVER: 'vfs',
  STORAGE_OPTS: '',
};

/** Runs a command and returns its output. If it fails, throws an error with the end of its output. */
export function run(command: string, args: readonly string[]): string {
  const result = spawnSync(command, args, { cwd: root, env: buildahEnv, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (result.error) throw result.error;
  if (result.status === 0) return result.stdout.trim();
  throw new Error(`${command} ${args.join(' ')} failed:\n${result.stdout.slice(-4000)}${result.stderr.slice(-4000)}`);
}

export function hasImage(name: string): boolean {
  return spawnSync('buildah', ['inspect', '--type', 'image', name], { env: buildahEnv }).status === 0;
}

/** The settings of an image that define how it is started. */
export interface ImageConfig {
  readonly User: string;
  readonly Entrypoint: readonly [string, ...string[]];
  readonly Env: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly Healthcheck: { readonly Test: readonly ['CMD', ...string[]] };
}

export function configOf(image: string): ImageConfig {
  const inspected = JSON.parse(run('buildah', ['inspect', '--type', 'image', image])) as {
    readonly Docker: { readonly config: ImageConfig };
  };
  return inspected.Docker.config;
}

/** Runs `use` with the files of an image. */
export async function withFilesOf<T>(image: string, use: (files: string) => T | Promise<T>): Promise<T> {
  const container = run('buildah', ['from', '--pull-never', image]);
  try {
    return await use(run('buildah', ['mount', container]));
  } finally {
    run('buildah', ['umount', container]);
    run('buildah', ['rm', container]);
  }
}
