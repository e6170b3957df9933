import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { TlsOptions } from '../definition.ts';
import type { Report } from '../report.ts';
import type { Reader } from './reader.ts';

/** Trust and client certificate of an endpoint, as far as Envoy reads them: PEM, and what is in the definition itself. */
export function readTls(ssl: Reader, owner: string, report: Report): TlsOptions | undefined {
  if (!ssl.isThere) return undefined;
  ssl.get('headers').tell(report, 'lost', `headers of the TLS connection (ssl.headers) of ${owner}`);
  const trustAll = ssl.flag('trustAll') === true;
  const anyName = ssl.flag('hostnameVerifier') === false;
  if (trustAll || anyName) {
    const what = trustAll ? 'any certificate (ssl.trustAll)' : 'a certificate of any name (ssl.hostnameVerifier)';
    const fields = ['trustAll', 'hostnameVerifier'].map((field) => `${ssl.path}.${field}`);
    report.add('told', `${owner} accepts ${what}, as in the gateway`, ...fields);
  }
  const trusted = readTrust(ssl, owner, report);
  const pair = readKeyStore(ssl.get('keyStore'), owner, report);
  return {
    ...(trustAll && { trustAll }),
    ...(anyName && { anyName }),
    ...(trusted !== undefined && { trusted }),
    ...pair,
  };
}

function readTrust(ssl: Reader, owner: string, report: Report): string | undefined {
  const store = ssl.get('trustStore');
  // Before 1.20 the text was under `pem`.
  const content = ssl.text('pem') ?? (isPem(store) ? store.text('content') : undefined);
  if (content !== undefined && certificates(content)) {
    store.skip();
    return content;
  }
  if (!isUsed(store) && content === undefined) return undefined;
  const path = store.text('path') ?? 'in the definition';
  const what = `the trust store of ${owner} (${store.text('type') ?? 'PEM'}, ${path}): until its certificates are a trusted_ca in PEM, those of the system are trusted`;
  store.skip();
  report.add('lost', what, store.path);
  return undefined;
}

function readKeyStore(store: Reader, owner: string, report: Report): Pick<TlsOptions, 'certificate' | 'privateKey'> {
  if (!isUsed(store)) return {};
  const certificate = store.text('certContent');
  const privateKey = store.text('keyContent');
  if (isPem(store) && certificate !== undefined && privateKey !== undefined && isPair(certificate, privateKey)) {
    store.skip();
    report.add('told', `envoy.yaml has the private key of the client certificate of ${owner}`, store.path);
    return { certificate, privateKey };
  }
  const path = store.text('path', 'certPath') ?? 'in the definition';
  const what = `the client certificate (key store) of ${owner} (${store.text('type') ?? 'PEM'}, ${path}): mutual TLS is lost until tls_certificates of the cluster name its PEM files`;
  store.skip();
  report.add('lost', what, store.path);
  return {};
}

function isPem(store: Reader): boolean {
  return store.text('type')?.toUpperCase() === 'PEM';
}

/** Forms leave stores without a type, or with NONE. */
function isUsed(store: Reader): boolean {
  const type = store.text('type')?.toUpperCase();
  return store.isThere && type !== undefined && type !== 'NONE';
}

/** Envoy refuses a configuration whose certificates do not parse. */
function certificates(pem: string): boolean {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  return blocks.length > 0 && blocks.every((block) => parses(() => new X509Certificate(block)));
}

function isPair(certificate: string, privateKey: string): boolean {
  return parses(() => {
    if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey))) throw new Error();
  });
}

function parses(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
