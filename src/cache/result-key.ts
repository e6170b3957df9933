import { hash, randomBytes } from 'node:crypto';

/** Makes keys useless to anyone who reads them in a memory dump. */
const salt = randomBytes(16).toString('hex');

/** The parts of a key; an absent part is not an empty one. */
export type KeyParts = readonly (string | Uint8Array | undefined)[];

/**
 * One key of all parts, in their order. Each has its length before it, so that no two lists of parts have the same key. Hashed:
 * no part can be read from it. Valid in this process only.
 */
export function resultKey(parts: KeyParts): string {
  const text = joined(parts, salt);
  // `hash` is faster than an object of node:crypto. Because of the salt, no text in UTF-8 has the bytes of another one in UTF-16.
  return text.isWellFormed() ? hash('sha256', text, 'base64') : inUtf16(text);
}

/** The same, equal in all processes. It can be guessed, so it must not be given to anybody. */
export function sharedKey(parts: KeyParts): string {
  return inUtf16(joined(parts, ''));
}

function joined(parts: KeyParts, first: string): string {
  let text = first;
  for (const part of parts) {
    if (part === undefined) text += '-;';
    else if (typeof part === 'string') text += `${part.length}:${part};`;
    else text += `${part.byteLength} bytes:${hash('sha256', part)};`;
  }
  return text;
}

/** For texts with half a surrogate pair: in UTF-8 all of them would be the same. */
function inUtf16(text: string): string {
  return hash('sha256', Buffer.from(text, 'utf16le'), 'base64');
}
