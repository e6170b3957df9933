import { readFile } from 'node:fs/promises';
import { UsageError } from '../command-line.ts';

/** The bytes of a file, or of standard input for `-`. Throws UsageError. */
export async function readBytes(file: string): Promise<Buffer> {
  try {
    if (file !== '-') return await readFile(file);
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    return Buffer.concat(chunks);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UsageError(`${file} cannot be read: ${code}`);
  }
}

/** A document that a flag gives: itself, or `@FILE`. `name` is for the messages about it. */
export interface GivenText {
  readonly text: string;
  readonly name: string;
}

export async function readGivenText(value: string, flag: string): Promise<GivenText> {
  if (!value.startsWith('@')) return { text: value, name: flag };
  const name = value.slice(1);
  return { text: (await readBytes(name)).toString('utf8'), name };
}
