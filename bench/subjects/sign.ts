import { hash } from 'node:crypto';

export const accessKeyId = 'AKIDEXAMPLE';
export const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

const signedNames = 'content-type;host;x-amz-content-sha256;x-amz-date';

/**
 * The minimal work for the signature of an Invoke: one-shot hashes, the day's signing key is cached, and the time is formatted once per
 * second. HMAC as two one-shot hashes is faster than `createHmac`.
 */
export class BareSigner {
  readonly #host: string;
  readonly #canonicalHead: string;
  readonly #payloadHashes = new WeakMap<Buffer, string>();
  #second = 0;
  #long = '';
  #scope = '';
  #key: HmacKey = hmacKey(Buffer.alloc(0));

  constructor(host: string, path: string) {
    this.#host = host;
    this.#canonicalHead = `POST\n${path}\n\ncontent-type:application/json\nhost:${host}\nx-amz-content-sha256:`;
  }

  /** Alternating header names and values, as undici expects them. The hash of the same buffer is computed once. */
  sign(payload: Buffer): string[] {
    this.#tick();
    let payloadHash = this.#payloadHashes.get(payload);
    if (payloadHash === undefined) {
      payloadHash = hash('sha256', payload);
      this.#payloadHashes.set(payload, payloadHash);
    }
    const long = this.#long;
    const canonical = `${this.#canonicalHead}${payloadHash}\nx-amz-date:${long}\n\n${signedNames}\n${payloadHash}`;
    const toSign = `AWS4-HMAC-SHA256\n${long}\n${this.#scope}\n${hash('sha256', canonical)}`;
    return [
      'content-type',
      'application/json',
      'host',
      this.#host,
      'x-amz-content-sha256',
      payloadHash,
      'x-amz-date',
      long,
      'authorization',
      `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${this.#scope}, SignedHeaders=${signedNames}, Signature=${hmac(this.#key, toSign)}`,
    ];
  }

  #tick(): void {
    const second = Math.floor(Date.now() / 1000);
    if (second === this.#second) return;
    this.#second = second;
    this.#long = `${new Date(second * 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    const scope = `${this.#long.slice(0, 8)}/us-east-1/lambda/aws4_request`;
    if (scope === this.#scope) return;
    this.#scope = scope;
    let key = hmacKey(Buffer.from(`AWS4${secretAccessKey}`));
    for (const part of scope.split('/')) key = hmacKey(Buffer.from(hmac(key, part), 'hex'));
    this.#key = key;
  }
}

/** Both padded keys, followed by room for the message and the inner digest. */
interface HmacKey {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

function hmacKey(key: Buffer): HmacKey {
  const inner = Buffer.alloc(64 + 512, 0x36);
  const outer = Buffer.alloc(64 + 32, 0x5c);
  for (const [index, byte] of key.entries()) {
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  return { inner, outer };
}

/** The HMAC, in hex, of an ASCII message of at most 512 characters. */
function hmac({ inner, outer }: HmacKey, message: string): string {
  inner.write(message, 64, 'latin1');
  outer.write(hash('sha256', inner.subarray(0, 64 + message.length), 'binary'), 64, 'latin1');
  return hash('sha256', outer);
}
