import { randomUUID } from 'node:crypto';
import { chmod, link, lstat, rename, rm, stat } from 'node:fs/promises';
import { createConnection, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { codeOf } from './error-code.ts';
import { ListenError, MAX_SOCKET_PATH_BYTES } from './listen-address.ts';

const MODE = 0o660;
/** The umask while the process binds: a new file has no other bits than MODE. */
const UMASK = 0o117;

export interface ClaimedSocket {
  /** Removes the file, unless another process has put its own there since. */
  release(): Promise<void>;
}

/**
 * Makes `server` listen on a Unix socket at `path`, mode 0660.
 *
 * The socket is bound under a temporary name beside it and moved into place when it listens and has its mode, which it has
 * from the start: so a client never sees a socket that refuses it, and with `replace` a successor takes a
 * socket over from a running process in one step, while that one finishes what it has accepted.
 *
 * A file left by a crash is taken over. One that somebody listens on is an error, unless `replace` is set.
 */
export async function listenOnSocket(
  server: Server,
  address: { readonly text: string; readonly path: string },
  replace: boolean,
): Promise<ClaimedSocket> {
  const { path, text } = address;
  const temporary = temporaryBeside(path);
  if (Buffer.byteLength(temporary) > MAX_SOCKET_PATH_BYTES) {
    throw new ListenError(
      text,
      `the directory's path is too long for a Unix socket (${dirname(path).length} characters)`,
    );
  }
  // libuv says "permission denied" for a missing directory too: check first.
  await stat(dirname(path)).catch((error: unknown) => {
    throw socketError(text, error);
  });
  await bind(server, temporary, text);
  try {
    // A default ACL of the directory overrides the umask.
    await chmod(temporary, MODE);
    const own = (await lstat(temporary)).ino;
    if (replace) await replaceSocket(temporary, path, text);
    else await placeSocket(temporary, path, text);
    return { release: () => removeOwn(path, own) };
  } catch (error) {
    server.close();
    await rm(temporary, { force: true });
    throw error instanceof ListenError ? error : socketError(text, error);
  }
}

function bind(server: Server, path: string, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => reject(socketError(text, error));
    server.once('error', onError);
    // `listen` binds before it returns. A `chmod` afterwards alone would leave a moment in which all may connect.
    const before = process.umask(UMASK);
    try {
      server.listen({ path }, () => {
        server.removeListener('error', onError);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}

async function replaceSocket(temporary: string, path: string, text: string): Promise<void> {
  await refuseOtherFile(path, text);
  await rename(temporary, path);
}

/** `link` creates the name or fails if it exists, in one step: two servers that start at once cannot both succeed. */
async function placeSocket(temporary: string, path: string, text: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await link(temporary, path);
      await rm(temporary, { force: true });
      return;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EPERM' || code === 'EOPNOTSUPP' || code === 'ENOTSUP') {
        // No hard links here (some volumes, macOS): check, then move.
        await removeStale(path, text);
        await rename(temporary, path);
        return;
      }
      if (code !== 'EEXIST') throw error;
      await removeStale(path, text);
    }
  }
  throw new ListenError(text, 'another process keeps taking the socket');
}

/**
 * Between the check and the removal another server may have replaced the stale file: so it is moved aside
 * first, and put back when it turns out to be another file.
 */
async function removeStale(path: string, text: string): Promise<void> {
  const stale = await refuseOtherFile(path, text);
  if (stale === undefined) return;
  if (await someoneListens(path, text)) {
    throw new ListenError(text, 'the address is in use: another process listens on this socket');
  }
  const aside = temporaryBeside(path);
  await rename(path, aside).catch(ignoreMissing);
  const moved = await lstat(aside).catch(ignoreMissing);
  if (moved !== undefined && moved.ino !== stale) {
    await link(aside, path).catch(() => {});
  }
  await rm(aside, { force: true });
}

/** The inode of the socket at `path`, if there is one. */
async function refuseOtherFile(path: string, text: string): Promise<number | undefined> {
  const existing = await lstat(path).catch(ignoreMissing);
  if (existing !== undefined && !existing.isSocket()) {
    throw new ListenError(text, 'the file exists and is not a socket; it was not changed');
  }
  return existing?.ino;
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

function temporaryBeside(path: string): string {
  return join(dirname(path), `.${randomUUID().slice(0, 8)}`);
}

/** Only a refused connection says that nobody listens; a full backlog or a missing permission does not. */
function someoneListens(path: string, text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => {
      socket.destroy();
      const code = codeOf(error);
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve(false);
      else if (code === 'EAGAIN') resolve(true);
      else reject(socketError(text, error));
    });
  });
}

async function removeOwn(path: string, inode: number): Promise<void> {
  const current = await lstat(path).catch(() => undefined);
  if (current?.ino === inode) await rm(path, { force: true });
}

function socketError(text: string, error: unknown): ListenError {
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return new ListenError(text, 'no permission for the socket or its directory', error);
    case 'ENOENT':
    case 'ENOTDIR':
      return new ListenError(text, 'its directory does not exist', error);
    case 'EROFS':
      return new ListenError(text, 'its directory is read-only', error);
    default:
      return new ListenError(text, error instanceof Error ? error.message : String(error), error);
  }
}
