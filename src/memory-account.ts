/** Bytes that one request keeps, of those that the process may hold. They are charged before they are allocated. */
export interface MemoryAccount {
  /** False: there is no room, and nothing is charged. */
  take(bytes: number): boolean;
  /** Gives back bytes that are no longer kept. The rest is given back when the request ends. */
  give(bytes: number): void;
  /** Which limit left no room the last time, for the log. */
  readonly shortage: string;
}

/** There is no room for data that a request needs to keep. */
export class NoRoomError extends Error {
  override readonly name = 'NoRoomError';
}

/** Throws NoRoomError if there is no room. */
export function charge(memory: MemoryAccount, bytes: number): void {
  if (!memory.take(bytes)) throw new NoRoomError(memory.shortage);
}

/** Without a limit, for example for a command that evaluates one request. */
export const unlimitedMemory: MemoryAccount = { take: () => true, give() {}, shortage: '' };

/** Below it a text is taken for a wide one: to look at it would cost more than the bytes. */
export const SHORT_TEXT = 1_024;

/** The memory of a text: one byte for each character if all are ASCII, otherwise two. */
export function textBytes(text: string): number {
  const { length } = text;
  return length >= SHORT_TEXT && Buffer.byteLength(text) === length ? length : 2 * length;
}
