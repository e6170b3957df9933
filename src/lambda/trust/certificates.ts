import { X509Certificate } from 'node:crypto';
import { isJks, readJks } from './jks.ts';
import { readPkcs12 } from './pkcs12.ts';

export type StoreType = 'JKS' | 'PKCS12' | 'PEM';

const CERTIFICATE_TEXT =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** Every certificate of the store as PEM, each of which must be one. Throws where there is none. */
export function readCertificates(type: StoreType, bytes: Buffer, password: string): string[] {
  const found: readonly (string | Buffer)[] = type === 'PEM' ? readPem(bytes) : readKeyStore(bytes, password);
  if (found.length === 0) throw new Error('it contains no certificate');
  return found.map((certificate, i) => {
    try {
      return new X509Certificate(certificate).toString();
    } catch {
      throw new Error(`certificate ${i + 1} of ${found.length} is not valid`);
    }
  });
}

/** Java opens either format under either name, and so do configurations that were made for it. */
function readKeyStore(bytes: Buffer, password: string): Buffer[] {
  return isJks(bytes) ? readJks(bytes, password) : readPkcs12(bytes, password);
}

function readPem(bytes: Buffer): string[] {
  const text = bytes.toString('latin1');
  const found = text.match(CERTIFICATE_TEXT) ?? [];
  const begun = text.match(/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/g)?.length ?? 0;
  if (begun > found.length) throw new Error('it contains a certificate without an end');
  return found;
}
