import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { describeError, type Logger } from '../observability/index.ts';

export interface TlsFilePaths {
  /** PEM: the server's certificate, then its chain. */
  readonly cert: string;
  /** PEM, not encrypted. */
  readonly key: string;
  /** PEM: the CA of clients' certificates. If set, a client without one is refused. */
  readonly clientCa?: string | undefined;
}

export interface SecureContext {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
  readonly minVersion: 'TLSv1.2';
  readonly ciphers: string;
  readonly ecdhCurve: string;
  readonly honorCipherOrder: true;
}

/** Forward secrecy and authenticated encryption only: RFC 9325, 4.2. Envoy offers all of them. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** Elliptic curves only: by default TLS 1.3 would take finite fields, too. */
const CURVES = 'X25519:prime256v1:secp384r1:secp521r1';

/** Applies to every set of files. */
const PROTOCOL = { minVersion: 'TLSv1.2', ciphers: CIPHERS, ecdhCurve: CURVES, honorCipherOrder: true } as const;

export interface TlsFiles {
  readonly wantsClientCertificate: boolean;
  secureContext(): SecureContext;
  /** Called with each new set of files. Returns a function that stops this. */
  onChange(listener: (context: SecureContext) => void): () => void;
  /** Reads the files again now. False when they are unchanged or cannot be used (logged). */
  reload(): boolean;
  stop(): void;
}

/** A file that cannot be read or used, named. */
class TlsFileError extends Error {
  override readonly name = 'TlsFileError';
}

const POLL_MS = 2_000;

/**
 * Reads certificate, key and CA, and watches them by content: mounted secrets are replaced by a symlink swap, which
 * file watchers miss. A pair that does not match (half of an update) is ignored until the other half is there.
 * Throws TlsFileError when the first read fails.
 */
export function watchTlsFiles(paths: TlsFilePaths, logger: Logger, pollMs = POLL_MS): TlsFiles {
  let current = readContext(paths);
  let reported = '';
  const listeners = new Set<(context: SecureContext) => void>();

  const reload = (): boolean => {
    try {
      const next = readContext(paths, current);
      reported = '';
      if (next === current) return false;
      current = next;
      for (const listener of listeners) listener(next);
      logger.info({ notAfter: new X509Certificate(next.cert).validTo }, 'TLS files reloaded');
      return true;
    } catch (error) {
      const problem = describeError(error);
      if (problem !== reported) logger.error({ problem }, 'new TLS files cannot be used; the old ones stay in use');
      reported = problem;
      return false;
    }
  };
  const timer = setInterval(reload, pollMs);
  timer.unref();

  return {
    wantsClientCertificate: paths.clientCa !== undefined,
    secureContext: () => current,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reload,
    stop: () => clearInterval(timer),
  };
}

function readContext(paths: TlsFilePaths, current?: SecureContext): SecureContext {
  const cert = read(paths.cert, 'certificate');
  const key = read(paths.key, 'key');
  const ca = paths.clientCa === undefined ? undefined : read(paths.clientCa, 'client CA');
  if (current?.cert.equals(cert) && current.key.equals(key) && same(current.ca, ca)) return current;
  checkPair(paths, cert, key);
  const context: SecureContext = { cert, key, ...PROTOCOL, ...(ca === undefined ? {} : { ca }) };
  try {
    createSecureContext(context);
    if (ca !== undefined) new X509Certificate(ca);
  } catch (error) {
    throw new TlsFileError(`${paths.clientCa ?? paths.cert} is not a usable PEM file`, { cause: error });
  }
  return context;
}

function checkPair(paths: TlsFilePaths, cert: Buffer, key: Buffer): void {
  const certificate = parse(() => new X509Certificate(cert), `${paths.cert} contains no PEM certificate`);
  const privateKey = parse(
    () => createPrivateKey(key),
    `${paths.key} contains no PEM private key without a passphrase`,
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new TlsFileError(`the key in ${paths.key} does not belong to the certificate in ${paths.cert}`);
  }
}

function parse<T>(read: () => T, problem: string): T {
  try {
    return read();
  } catch {
    // OpenSSL's own text says less, and could quote the key.
    throw new TlsFileError(problem);
  }
}

function read(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new TlsFileError(`the TLS ${what} ${path} cannot be read`, { cause: error });
  }
}

function same(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}
