import { z } from 'zod';
import { field, flag, text } from './field.ts';

/** How an endpoint is trusted, as the reference has it. */
export const ssl = z.strictObject({
  trustAll: field(flag, {
    title: 'Trust all certificates',
    description:
      'Disables verification of the server certificate and takes precedence over a trust store. Never use it in production.',
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
    description: 'File of the trust store. PEM content takes precedence.',
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
