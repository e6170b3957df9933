/**
 * Runs a command inside an image's files under the restrictions of Kubernetes' `restricted` policy and a read-only root: no root user, no
 * capabilities and no way to get them, and only the directories of `shared` are writable. It uses a mount namespace and Python of this
 * machine, because the image has no shell, and needs root. It does not apply the seccomp profile of a container runtime.
 */
export interface Restricted {
  /** The directory of the image's files. */
  readonly root: string;
  /** Directories of this machine that are writable inside the image at the same path, like an `emptyDir` of a pod. */
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

/** The order matters: only root can drop capabilities, and the process can enter the new root directory only before that. */
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

/** `command` is the command inside the image, with the path of its program. */
export function restrictedCommand(restricted: Restricted, command: readonly string[]): readonly [string, ...string[]] {
  const { root, shared, env } = restricted;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const outside = ['--mount', '--propagation', 'private', 'sh', '-c', MOUNTS, 'sh'];
  const inheritsNothing = ['/usr/bin/setpriv', '--inh-caps=-all', '--ambient-caps=-all'];
  const inside = [...inheritsNothing, '/usr/bin/python3', '-c', ENTER, root, String(USER), ...command];
  return ['unshare', ...outside, root, shared.join(' '), ...variables, ...inside];
}
