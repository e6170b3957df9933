import { createRequire } from 'node:module';
import type forge from 'node-forge';

const load = createRequire(import.meta.url);
/** Of all derivations of one store together: up to half a second. Java and OpenSSL write 2,000 to 10,000 each. */
const MAX_ITERATIONS = 50_000;

let library: typeof forge | undefined;
let iterations = 0;

/** Loaded with the first key store: it takes 30 ms, and most processes have none. */
function nodeForge(): typeof forge {
  library ??= bounded(load('node-forge'));
  return library;
}

type Derivation = (password: unknown, salt: unknown, ...rest: unknown[]) => unknown;

/**
 * A store itself says how often its password is hashed, at several places, some of them encrypted: the functions
 * that hash it count the iterations.
 */
function bounded(of: typeof forge): typeof forge {
  const { pkcs5, pki, pkcs12 } = of as unknown as Record<string, Record<string, Derivation>> & {
    pki: { pbe: Record<string, Derivation> };
  };
  count(pkcs5, 'pbkdf2', 0);
  count(pki.pbe, 'generatePkcs12Key', 1);
  count(pkcs12, 'generateKey', 1);
  return of;
}

/** `at`: which argument behind the salt is the number of iterations. */
function count(owner: Record<string, Derivation> | undefined, name: string, at: number): void {
  const derive = owner?.[name];
  if (owner === undefined || derive === undefined) throw new Error(`node-forge has no ${name}`);
  owner[name] = (password, salt, ...rest) => {
    iterations += Math.max(1, Number(rest[at]));
    if (!(iterations <= MAX_ITERATIONS)) {
      throw new Error(
        `it requires more than ${MAX_ITERATIONS} hash iterations for its password, as keytool of Java 9 to 15 writes them: ` +
          'convert it to PEM with `openssl pkcs12 -in STORE -nokeys -out ca.pem`',
      );
    }
    return derive(password, salt, ...rest);
  };
}

/** The certificates (DER) of a PKCS#12 store. Throws when it is broken or the password is wrong. */
export function readPkcs12(bytes: Buffer, password: string): Buffer[] {
  const { asn1, pki } = nodeForge();
  const type = pki.oids.certBag ?? '';
  const bags = open(bytes, password).getBags({ bagType: type })[type] ?? [];
  // forge itself reads certificates with RSA keys only; their DER is all that TLS needs.
  return bags.map((bag) =>
    Buffer.from(asn1.toDer(bag.cert ? pki.certificateToAsn1(bag.cert) : bag.asn1).getBytes(), 'latin1'),
  );
}

function open(bytes: Buffer, password: string): forge.pkcs12.Pkcs12Pfx {
  iterations = 0;
  let asn1: forge.asn1.Asn1;
  try {
    asn1 = nodeForge().asn1.fromDer(bytes.toString('latin1'));
  } catch {
    throw new Error(
      'it is neither a JKS nor a PKCS12 store: convert a store that Java can open with `keytool -importkeystore -srckeystore OLD -destkeystore NEW.p12 ' +
        '-deststoretype PKCS12`',
    );
  }
  try {
    return nodeForge().pkcs12.pkcs12FromAsn1(asn1, password);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (/Invalid password|mac could not be verified/i.test(reason)) {
      throw new Error('trustStorePassword is wrong, or the store was changed');
    }
    if (/failed to decrypt/i.test(reason) && /[^\x20-\x7e]/.test(password)) return openInUtf8(asn1, password);
    throw new Error(`the PKCS12 store cannot be read: ${reason}`);
  }
}

/**
 * The newer ciphers need the password in UTF-8, the checksum needs it in UTF-16; forge uses one form for both. The checksum
 * has been verified by then and is left out.
 */
function openInUtf8(asn1: forge.asn1.Asn1, password: string): forge.pkcs12.Pkcs12Pfx {
  const withoutChecksum = { ...asn1, value: asn1.value.slice(0, 2) } as forge.asn1.Asn1;
  try {
    return nodeForge().pkcs12.pkcs12FromAsn1(withoutChecksum, nodeForge().util.encodeUtf8(password));
  } catch (error) {
    throw new Error(`the PKCS12 store cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
