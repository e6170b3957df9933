/** Bytes that one request keeps, out of what the process may hold. They are taken before they are allocated. */
export interface MemoryAccount {
  /** False, and nothing taken: there is no room. */
  take(bytes: number): boolean;
  /** Gives back what was taken and is no longer kept. What is never given back goes with the request. */
  give(bytes: number): void;
  /** Which limit left no room the last time, for the log. */
  readonly shortage: string;
}

/** There is no room for what a request needs to keep. */
export class NoRoomError extends Error {
  override readonly name = 'NoRoomError';
}

/** Throws NoRoomError where there is no room. */
export function charge(memory: MemoryAccount, bytes: number): void {
  if (!memory.take(bytes)) throw new NoRoomError(memory.shortage);
}

/** For who has no limit, such as a command that evaluates one request. */
export const unlimitedMemory: MemoryAccount = { take: () => true, give() {}, shortage: '' };

/** Below it a text is taken for a wide one: to look at it would cost more than the bytes. */
export const SHORT_TEXT = 1_024;

/** What a text takes: a byte for each character where all are ASCII, else two. */
export function textBytes(text: string): number {
  const { length } = text;
  return length >= SHORT_TEXT && Buffer.byteLength(text) === length ? length : 2 * length;
}
