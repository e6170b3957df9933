/**
 * A command inside of an image's files, with what Kubernetes' `restricted` policy and a read-only root leave it: no root user, no
 * capability, no way to get one, nothing to write but what `shared` names. A mount namespace and Python do it, which needs root, and
 * nothing of the image, which has no shell; the seccomp profile of a container runtime is not among it.
 */
export interface Restricted {
  /** The directory of the image's files. */
  readonly root: string;
  /** Directories of this machine that the user may write to, at the same place in there: what an `emptyDir` is to a pod. */
  readonly shared: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const USER = 1000;

const MOUNTS = `set -e
root=$1; shared=$2; shift 2
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
for dir in $shared; do mkdir -p "$root$dir"; mount --bind "$dir" "$root$dir"; done
mount -o remount,bind,ro "$root"
exec env -i "$@"`;

/** The order counts: a capability can be dropped while the process is root, and it may enter the root only until then. */
const ENTER = `import ctypes, os, sys
prctl = ctypes.CDLL(None, use_errno=True).prctl
root, user = sys.argv[1], int(sys.argv[2])
os.chroot(root)
os.chdir('/')
last = next(cap for cap in range(64) if prctl(24, cap, 0, 0, 0) != 0)  # PR_CAPBSET_DROP
assert last > 30
os.setgroups([])
os.setgid(user)
os.setuid(user)
assert prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS
os.execv(sys.argv[3], sys.argv[3:])`;

/** `command` as it is called in the image, with the path of its program. */
export function restrictedCommand(restricted: Restricted, command: readonly string[]): readonly [string, ...string[]] {
  const { root, shared, env } = restricted;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const outside = ['--mount', '--propagation', 'private', 'sh', '-c', MOUNTS, 'sh'];
  const inheritsNothing = ['/usr/bin/setpriv', '--inh-caps=-all', '--ambient-caps=-all'];
  const inside = [...inheritsNothing, '/usr/bin/python3', '-c', ENTER, root, String(USER), ...command];
  return ['unshare', ...outside, root, shared.join(' '), ...variables, ...inside];
}
