import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** What a value is bound to beside its bytes. */
export interface SealedFor {
  /** Of the request: a hash of everything that its result depends on. */
  readonly digest: string;
  /** A hash of the configuration of the step. */
  readonly configuration: string;
}

export interface Opened {
  readonly bytes: Buffer;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** First byte of a value: another layout gets another one. */
const VERSION = 1;
const NONCE_BYTES = 12;
const EXPIRY_BYTES = 8;
const LENGTH_BYTES = 4;
const TAG_BYTES = 16;
/** Version, length of the whole, expiry, nonce. */
const HEADER_BYTES = 1 + LENGTH_BYTES + EXPIRY_BYTES + NONCE_BYTES;
/** Bytes of a value besides the sealed content. */
const SEAL_BYTES = HEADER_BYTES + TAG_BYTES;

const PREFIX = 'lambda-ext-proc:';

/**
 * Names and values under one secret. A name is an HMAC of the digest: without the secret nobody can know what it is for, nor
 * find the name of a request. A value is sealed by AES-256-GCM under a key of its name alone, so that no key sees many nonces;
 * version, length, expiry, name and configuration are authenticated with it: moved to another name, or given another expiry, it
 * does not open.
 */
export class SealedValues {
  readonly #nameKey: Buffer;
  readonly #valueKey: Buffer;

  constructor(secret: string) {
    this.#nameKey = derive(secret, 'lambda-ext-proc result store: names, 1');
    this.#valueKey = derive(secret, 'lambda-ext-proc result store: values, 1');
  }

  nameOf({ digest }: SealedFor): string {
    return PREFIX + createHmac('sha256', this.#nameKey).update(digest).digest('base64url');
  }

  /** `pieces`: one text of bytes. */
  seal(place: SealedFor, pieces: readonly Uint8Array[], expiresAt: number): Buffer {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt8(VERSION, 0);
    header.writeUInt32BE(sealedBytes(pieces), 1);
    header.writeBigUInt64BE(BigInt(expiresAt), 1 + LENGTH_BYTES);
    const nonce = randomBytes(NONCE_BYTES);
    nonce.copy(header, HEADER_BYTES - NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(place), nonce).setAAD(boundTo(place, header));
    const sealed = pieces.map((piece) => cipher.update(piece));
    return Buffer.concat([header, ...sealed, cipher.final(), cipher.getAuthTag()]);
  }

  /** Undefined: it was not sealed with this secret for this place, or not as it is. */
  open(place: SealedFor, value: Buffer): Opened | undefined {
    if (sealedLength(value) !== value.byteLength) return undefined;
    const header = value.subarray(0, HEADER_BYTES);
    const nonce = header.subarray(HEADER_BYTES - NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(place), nonce, { authTagLength: TAG_BYTES })
      .setAAD(boundTo(place, header))
      .setAuthTag(value.subarray(value.byteLength - TAG_BYTES));
    try {
      const text = decipher.update(value.subarray(HEADER_BYTES, value.byteLength - TAG_BYTES));
      decipher.final();
      return { bytes: text, expiresAt: Number(header.readBigUInt64BE(1 + LENGTH_BYTES)) };
    } catch {
      // `final` throws if the tag does not match: then the output of `update` is discarded.
      return undefined;
    }
  }

  #keyOf(place: SealedFor): Buffer {
    return createHmac('sha256', this.#valueKey).update(this.nameOf(place)).digest();
  }
}

/** Of the value that they become. */
export function sealedBytes(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { byteLength }) => sum + byteLength, SEAL_BYTES);
}

/** The length of the whole value, from its header; undefined: it is not of this version. Not authenticated yet. */
export function sealedLength(begin: Buffer): number | undefined {
  if (begin.byteLength < HEADER_BYTES || begin.readUInt8(0) !== VERSION) return undefined;
  const length = begin.readUInt32BE(1);
  return length < SEAL_BYTES ? undefined : length;
}

/** The header has a fixed length, and so have digests: the parts cannot run into each other. */
function boundTo({ digest, configuration }: SealedFor, header: Buffer): Buffer {
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(Buffer.byteLength(digest), 0);
  lengths.writeUInt32BE(Buffer.byteLength(configuration), 4);
  return Buffer.concat([header, lengths, Buffer.from(digest), Buffer.from(configuration)]);
}

/** RFC 5869. No salt: all sidecars must derive the same keys from the secret alone. */
function derive(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
}
