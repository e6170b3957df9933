import { isAscii } from 'node:buffer';
import { charge, type MemoryAccount, SHORT_TEXT } from '../memory-account.ts';

/** The cached text of a body, and what it takes of `memory`. */
export interface KeptText {
  readonly text: string;
  readonly held: number;
}

/** Bytes as text. Throws NoRoomError before the text is made. */
export function keepText(bytes: Uint8Array, memory: MemoryAccount): KeptText {
  const { buffer, byteOffset, byteLength } = bytes;
  const narrow = byteLength >= SHORT_TEXT && isAscii(bytes);
  const most = narrow ? byteLength : 2 * byteLength;
  charge(memory, most);
  const text = Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
  if (narrow) return { text, held: most };
  // A character of two to four bytes takes two, or four.
  const held = 2 * text.length;
  memory.give(most - held);
  return { text, held };
}
