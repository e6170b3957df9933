import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Position } from './problem.ts';

/** A file that cannot be read, or is not text. `reason` says why, without the file's name, and what to do. */
export class UnreadableDocument extends Error {
  override readonly name = 'UnreadableDocument';
  readonly reason: string;
  readonly position: Position;

  constructor(file: string, reason: string, position: Position = { line: 1, column: 1 }) {
    super(`${file}: ${reason}`);
    this.reason = reason;
    this.position = position;
  }
}

/** The text of a file. Throws UnreadableDocument. */
export async function readDocument(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new UnreadableDocument(path, `${unreadable(error)} (looked for ${resolve(path)})`);
  }
  return decodeDocument(bytes, path);
}

/** UTF-8, with or without a byte order mark. Throws UnreadableDocument. */
export function decodeDocument(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const what = isWide ? 'is UTF-16' : 'is not UTF-8 text';
    throw new UnreadableDocument(name, `${what}: save it as UTF-8`, isWide ? undefined : firstBadPlace(bytes));
  }
}

function firstBadPlace(bytes: Uint8Array): Position {
  const text = new TextDecoder().decode(bytes);
  const before = text.slice(0, text.indexOf('\ufffd'));
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: before.length - lineStart + 1 };
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user';
  if (code === 'EISDIR') return 'is a directory, expected a file';
  return `cannot be read: ${code}`;
}
