import { CLIENT_CONTEXT_BASE64_BYTES } from '../../lambda-quotas.ts';
import { configurationError } from './configuration-error.ts';

const TENANT_SYNTAX = /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/;

/** JSON text as X-Amz-Client-Context. Throws InvocationError (`configuration`). */
export function encodeClientContext(text: string): string {
  const encoded = Buffer.from(text).toString('base64');
  if (encoded.length > CLIENT_CONTEXT_BASE64_BYTES) {
    throw configurationError('clientContext', text, `at most ${CLIENT_CONTEXT_BASE64_BYTES} bytes of base64`);
  }
  return encoded;
}

/** A tenant id as the header that it becomes. Throws InvocationError (`configuration`). */
export function checkTenantId(tenantId: string): string {
  if (!TENANT_SYNTAX.test(tenantId)) {
    throw configurationError('tenantId', tenantId, '1 to 256 characters of ASCII');
  }
  return tenantId;
}
