import { hash, timingSafeEqual } from 'node:crypto';

const MAGIC = 0xfeedfeed;
const DIGEST_LENGTH = 20;
const MAX_ENTRIES = 10_000;
const PRIVATE_KEY = 1;
const TRUSTED_CERTIFICATE = 2;

/** The first bytes of Java's own format; Java has written PKCS#12 under the same file names since version 9. */
export function isJks(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes.readUInt32BE(0) === MAGIC;
}

/**
 * The certificates (DER) that Java would trust in a JKS store: the trusted ones, and the first one of each key. Throws
 * when the store is broken or the password, which here only guards it against changes, is wrong; "" is not checked.
 */
export function readJks(bytes: Buffer, password: string): Buffer[] {
  if (!isJks(bytes) || bytes.length < DIGEST_LENGTH + 12) throw new Error('it is not a JKS store');
  const body = bytes.subarray(0, -DIGEST_LENGTH);
  if (password !== '') checkDigest(body, bytes.subarray(-DIGEST_LENGTH), password);
  const reader = new Reader(body);
  reader.skip(4);
  const version = reader.uint32();
  if (version !== 1 && version !== 2) throw new Error(`JKS version ${version} is unknown`);
  const entries = reader.uint32();
  if (entries > MAX_ENTRIES) throw new Error(`it has ${entries} entries, more than ${MAX_ENTRIES}`);
  const found: Buffer[] = [];
  for (let i = 0; i < entries; i++) {
    const kind = reader.uint32();
    reader.skip(reader.uint16());
    reader.skip(8);
    if (kind === TRUSTED_CERTIFICATE) {
      found.push(readCertificate(reader, version));
    } else if (kind === PRIVATE_KEY) {
      reader.skip(reader.uint32());
      const chain = readChain(reader, version);
      if (chain[0] !== undefined) found.push(chain[0]);
    } else {
      throw new Error(`entry ${i + 1} is of the unknown kind ${kind}`);
    }
  }
  return found;
}

function readChain(reader: Reader, version: number): Buffer[] {
  const length = reader.uint32();
  if (length > MAX_ENTRIES) throw new Error('a certificate chain in it is too long');
  return Array.from({ length }, () => readCertificate(reader, version));
}

function readCertificate(reader: Reader, version: number): Buffer {
  if (version === 2) reader.skip(reader.uint16());
  return reader.take(reader.uint32());
}

/** SHA-1 over the password, two words of Sun's, and everything before it. */
function checkDigest(body: Buffer, digest: Buffer, password: string): void {
  const utf16 = Buffer.from(password, 'utf16le').swap16();
  const expected = hash('sha1', Buffer.concat([utf16, Buffer.from('Mighty Aphrodite'), body]), 'buffer');
  if (!timingSafeEqual(expected, digest)) throw new Error('trustStorePassword is wrong, or the store was changed');
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error('it ends in the middle of an entry');
    const found = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return found;
  }

  skip(length: number): void {
    this.take(length);
  }

  uint16(): number {
    return this.take(2).readUInt16BE();
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }
}
