import { hash, randomBytes } from 'node:crypto';

/** Makes keys useless to who reads them in a dump of memory. */
const salt = randomBytes(16).toString('hex');

/** What a key is made of; absent is not empty. */
export type KeyParts = readonly (string | Uint8Array | undefined)[];

/**
 * One key of all parts, in their order. Each has its length before it, so that no two lists of parts have the same key. Hashed:
 * nothing of a part can be read from it. Of this process alone.
 */
export function resultKey(parts: KeyParts): string {
  return digest(parts, salt);
}

/** The same, equal in all processes: for who gives it to nobody, since it can be guessed. */
export function sharedKey(parts: KeyParts): string {
  return digest(parts, '');
}

function digest(parts: KeyParts, first: string): string {
  let text = first;
  for (const part of parts) {
    if (part === undefined) text += '-;';
    else if (typeof part === 'string') text += `${part.length}:${part};`;
    else text += `${part.byteLength} bytes:${hash('sha256', part)};`;
  }
  // Not UTF-8, in which half of a surrogate pair is the same as another. One call: an object of node:crypto takes longer than a hash.
  return hash('sha256', Buffer.from(text, 'utf16le'), 'base64');
}
