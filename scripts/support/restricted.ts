/**
 * A command inside of an image's files, with what Kubernetes' `restricted` policy and a read-only root leave it: no root user, no
 * capability, no way to get one, nothing to write but what `shared` names. A mount namespace and util-linux do it, which needs
 * root; the seccomp profile of a container runtime is not among it.
 */
export interface Restricted {
  /** The directory of the image's files. */
  readonly root: string;
  /** Directories of this machine that the user may write to, at the same place in there: what an `emptyDir` is to a pod. */
  readonly shared: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const USER = 1000;

const SCRIPT = `set -e
root=$1; shared=$2; shift 2
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
for dir in $shared; do mkdir -p "$root$dir"; mount --bind "$dir" "$root$dir"; done
mount -o remount,bind,ro "$root"
exec chroot "$root" env -i "$@"`;

/** `command` as it is called in the image. */
export function restrictedCommand(restricted: Restricted, command: readonly string[]): readonly [string, ...string[]] {
  const { root, shared, env } = restricted;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const user = [`--reuid=${USER}`, `--regid=${USER}`, '--clear-groups'];
  const rights = ['--no-new-privs', '--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all'];
  const inside = ['setpriv', ...user, ...rights, ...command];
  const outside = ['--mount', '--propagation', 'private', 'sh', '-c', SCRIPT, 'sh'];
  return ['unshare', ...outside, root, shared.join(' '), ...variables, ...inside];
}
