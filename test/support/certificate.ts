import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';

/** A certificate with its key, as PEM. Made here, so that no test needs openssl or a file that expires. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate, as `X509Certificate.fingerprint256` writes it. */
  readonly fingerprint: string;
}

export interface CertificateOptions {
  readonly commonName: string;
  /** A subject of more: its parts from the top down, each of one attribute or several, instead of the common name. */
  readonly subject?: readonly (readonly NameAttribute[])[];
  /** DNS names, IPv4 addresses or URIs it is valid for. */
  readonly names?: readonly string[];
  /** Signs it; without one it signs itself. */
  readonly issuer?: Certificate;
  /** May sign others. */
  readonly authority?: boolean;
}

export interface NameAttribute {
  /** `2.5.4.3` */
  readonly type: string;
  readonly value: string;
  /** Its string type: UTF8String by default. */
  readonly tag?: number;
}

/** An X.509 v3 certificate on P-256, valid from yesterday for ten days. */
export function createCertificate(options: CertificateOptions): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const issuerName =
    options.issuer === undefined ? options.commonName : commonNameOf(new X509Certificate(options.issuer.cert));
  const day = 86_400_000;
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    distinguishedName(issuerName),
    sequence(time(Date.now() - day), time(Date.now() + 9 * day)),
    options.subject === undefined ? distinguishedName(options.commonName) : longName(options.subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(options, publicKey))),
  );
  const signature = sign('sha256', body, options.issuer?.key ?? key);
  const der = sequence(body, ECDSA_WITH_SHA256, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  const cert = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  return { cert, key, fingerprint: new X509Certificate(cert).fingerprint256 };
}

const ECDSA_WITH_SHA256 = sequence(objectId(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const TRUE = Buffer.from([0x01, 0x01, 0xff]);

function extensions(options: CertificateOptions, publicKey: KeyObject): Buffer[] {
  const keyId = createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
  const found = [
    sequence(objectId(0x55, 0x1d, 0x13), TRUE, octets(sequence(...(options.authority ? [TRUE] : [])))),
    sequence(objectId(0x55, 0x1d, 0x0e), octets(octets(keyId))),
  ];
  const names = (options.names ?? []).map((name) => {
    if (/^\d+(\.\d+){3}$/.test(name)) return tagged(0x87, Buffer.from(name.split('.').map(Number)));
    return tagged(name.includes('://') ? 0x86 : 0x82, Buffer.from(name));
  });
  if (names.length > 0) found.push(sequence(objectId(0x55, 0x1d, 0x11), octets(sequence(...names))));
  return found;
}

function commonNameOf(certificate: X509Certificate): string {
  return certificate.subject.replace(/^CN=/, '');
}

function distinguishedName(commonName: string): Buffer {
  const attribute = sequence(objectId(0x55, 0x04, 0x03), tagged(0x0c, Buffer.from(commonName)));
  return sequence(tagged(0x31, attribute));
}

function longName(parts: NonNullable<CertificateOptions['subject']>): Buffer {
  const attribute = ({ type, value, tag = 0x0c }: NameAttribute) => {
    const [first = 0, second = 0, ...rest] = type.split('.').map(Number);
    const numbers = [first * 40 + second, ...rest].flatMap((number) => base128(number));
    return sequence(objectId(...numbers), tagged(tag, Buffer.from(value)));
  };
  return sequence(
    ...parts.map((part) => tagged(0x31, Buffer.concat(part.map(attribute).sort((a, b) => Buffer.compare(a, b))))),
  );
}

function base128(number: number): number[] {
  const high = Math.floor(number / 128);
  return [...(high === 0 ? [] : base128(high).map((byte) => byte | 0x80)), number % 128];
}

function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return tagged(0x18, Buffer.from(digits));
}

function integer(value: Buffer): Buffer {
  return tagged(0x02, value);
}

function octets(value: Buffer): Buffer {
  return tagged(0x04, value);
}

function objectId(...bytes: number[]): Buffer {
  return tagged(0x06, Buffer.from(bytes));
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function tagged(tag: number, value: Buffer): Buffer {
  const { length } = value;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), value]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), value]);
}
