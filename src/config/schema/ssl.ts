import { z } from 'zod';
import { field, flag, text } from './field.ts';

/** How an endpoint is trusted, as the reference has it. */
export const ssl = z.strictObject({
  trustAll: field(flag, {
    title: 'Trust all certificates',
    description: 'Switches off the check of the server certificate, and wins over a trust store. Never in production.',
    default: false,
    examples: [false],
  }),
  trustStoreType: field(z.enum(['JKS', 'PKCS12', 'PEM']), {
    title: 'Trust store type',
    description: 'Format of the trust store.',
    examples: ['PEM'],
  }),
  trustStorePath: field(text, {
    title: 'Trust store path',
    description: 'File of the trust store. PEM content wins over it.',
    examples: ['/etc/ssl/lambda-ca.pem'],
  }),
  trustStorePassword: field(text, {
    title: 'Trust store password',
    description: 'Password of a PKCS12 or JKS store. Takes `{#secrets.get(…)}`, read when the document is loaded.',
    examples: ["{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_TRUST_STORE')}"],
  }),
  trustStoreContent: field(text, {
    title: 'Trust store content',
    description: 'PEM text, or base64 of a PKCS12 or JKS store. Takes `{#secrets.get(…)}`, read when loaded.',
    examples: ['-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----'],
  }),
});
