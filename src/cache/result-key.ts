import { createHash, randomBytes } from 'node:crypto';

/** Makes keys useless to who reads them in a dump of memory. */
const salt = randomBytes(16);

/**
 * One key of all parts, in their order. Each has its length before it, so that no two lists of parts have the same key; absent is not
 * empty. Hashed: nothing of a part can be read from it.
 */
export function resultKey(parts: readonly (string | Uint8Array | undefined)[]): string {
  const hash = createHash('sha256').update(salt);
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
