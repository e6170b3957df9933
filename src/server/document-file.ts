import { readFile, stat } from 'node:fs/promises';
import { describeError } from '../observability/index.ts';
import type { PolicyDocument } from './worker-channel.ts';

/** A file that cannot be read, in one line. */
export class DocumentFileError extends Error {
  override readonly name = 'DocumentFileError';
}

const MAX_BYTES = 16 * 1024 * 1024;
const POLL_MS = 1_000;

/** Reads a configuration file. Throws DocumentFileError. */
export async function readDocument(file: string): Promise<PolicyDocument> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
    return { file, text: await readFile(file, 'utf8') };
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const problem = missing ? 'there is no such file' : describeError(error);
    throw new DocumentFileError(`the configuration ${file} cannot be read: ${problem}`, { cause: error });
  }
}

/**
 * Calls `onChange` when the file's inode, size or time is another, once it has stopped changing for one interval: an
 * editor may write it in pieces. Asked by time, because a mounted ConfigMap changes by a symlink that watchers of the
 * file do not see.
 */
export function watchDocument(file: string, onChange: () => void, pollMs = POLL_MS): { stop(): void } {
  let settled: string | undefined;
  let last: string | undefined;
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    const now = await stamp(file);
    busy = false;
    if (settled === undefined) settled = now;
    else if (now !== settled && now === last) {
      settled = now;
      onChange();
    }
    last = now;
  };
  void look();
  const timer = setInterval(() => void look(), pollMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

async function stamp(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found === undefined ? 'missing' : `${found.ino} ${found.size} ${found.mtimeNs}`;
}
