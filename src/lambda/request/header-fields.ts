import { clientContextBase64Bytes } from '../quotas.ts';
import { configurationError } from './configuration-error.ts';

const tenantSyntax = /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/;

/** JSON text as X-Amz-Client-Context. Throws InvocationError (`configuration`). */
export function encodeClientContext(text: string): string {
  const encoded = Buffer.from(text).toString('base64');
  if (encoded.length > clientContextBase64Bytes) {
    throw configurationError('clientContext', text, `at most ${clientContextBase64Bytes} bytes of base64`);
  }
  return encoded;
}

/** A tenant id as the header that it becomes. Throws InvocationError (`configuration`). */
export function checkTenantId(tenantId: string): string {
  if (!tenantSyntax.test(tenantId)) {
    throw configurationError('tenantId', tenantId, '1 to 256 characters of ASCII');
  }
  return tenantId;
}
