import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SslOptions } from '../types.ts';
import { readPkcs12 } from './pkcs12.ts';

/** What a trust store adds to a TLS connection. */
export interface Trust {
  /** PEM certificates that are trusted instead of the usual authorities. */
  readonly ca?: string[] | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
}

const trustAll: Trust = Object.freeze({ rejectUnauthorized: false });
const usual: Trust = Object.freeze({});

/** Trust stores of the process, each read once: a configuration that is loaded again brings new objects. */
export class TrustStores {
  readonly #known = new WeakMap<SslOptions, Trust>();

  /** trustAll wins; content wins over a path. Throws an Error that names the trust store. */
  for(ssl: SslOptions): Trust {
    let trust = this.#known.get(ssl);
    if (trust === undefined) {
      trust = load(ssl);
      this.#known.set(ssl, trust);
    }
    return trust;
  }
}

function load(ssl: SslOptions): Trust {
  if (ssl.trustAll === true) return trustAll;
  const { trustStoreContent: content, trustStorePath: path } = ssl;
  if (content === undefined && path === undefined) return usual;
  const name = content === undefined ? `the ${ssl.trustStoreType ?? 'PEM'} trust store ${path}` : 'trustStoreContent';
  try {
    return { ca: certificates(ssl, content, path) };
  } catch (error) {
    throw new Error(`${name} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function certificates(ssl: SslOptions, content: string | undefined, path: string | undefined): string[] {
  switch (ssl.trustStoreType ?? 'PEM') {
    case 'PEM':
      return readPem(content ?? readFileSync(path ?? '', 'utf8'));
    case 'PKCS12':
      return readPkcs12(
        content === undefined ? readFileSync(path ?? '') : Buffer.from(content, 'base64'),
        ssl.trustStorePassword ?? '',
      );
    case 'JKS':
      throw new Error(
        'JKS is not read here: convert it once with `keytool -importkeystore -srckeystore store.jks ' +
          '-destkeystore store.p12 -deststoretype PKCS12`, or export PEM certificates',
      );
  }
}

const pem = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Every certificate, each of which must be one. */
function readPem(text: string): string[] {
  const found = text.match(pem) ?? [];
  if (found.length === 0) throw new Error('there is no PEM certificate in it');
  found.forEach((certificate, i) => {
    try {
      new X509Certificate(certificate);
    } catch {
      throw new Error(`certificate ${i + 1} of ${found.length} is not valid`);
    }
  });
  return found;
}
