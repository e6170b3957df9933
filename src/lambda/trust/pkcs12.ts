import forge from 'node-forge';

/** The certificates of a PKCS#12 store as PEM. Throws when the password is wrong, or there are none. */
export function readPkcs12(bytes: Buffer, password: string): string[] {
  const store = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(bytes.toString('latin1')), password);
  const bags = store.getBags({ bagType: forge.pki.oids.certBag ?? '' })[forge.pki.oids.certBag ?? ''] ?? [];
  const found = bags.map((bag) => (bag.cert ? forge.pki.certificateToPem(bag.cert) : fromAsn1(bag.asn1)));
  if (found.length === 0) throw new Error('there is no certificate in it');
  return found;
}

/** forge itself reads RSA certificates only; their DER is all that TLS needs. */
function fromAsn1(asn1: forge.asn1.Asn1): string {
  const base64 = Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1').toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
