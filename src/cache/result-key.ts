import { createHash, randomBytes } from 'node:crypto';

/** Makes keys useless to who reads them in a dump of memory. */
const salt = randomBytes(16);
const noSalt = new Uint8Array();

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
  return digest(parts, noSalt);
}

function digest(parts: KeyParts, first: Uint8Array): string {
  const hash = createHash('sha256').update(first);
  let text = '';
  for (const part of parts) {
    if (part === undefined) text += '-;';
    else if (typeof part === 'string') text += `${part.length}:${part};`;
    else {
      hash.update(`${text}${part.byteLength} bytes:`, 'utf16le').update(part);
      text = ';';
    }
  }
  return hash.update(text, 'utf16le').digest('base64');
}
