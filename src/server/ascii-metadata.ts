import type { IncomingHttpHeaders } from 'node:http2';

/**
 * grpc-js drops metadata whose value is not ASCII, and a stream that loses its `x-lambda-policies` would run under other
 * policies or none. So such characters are written as JSON escapes before grpc-js sees them: JSON text stays the same
 * text, and a name becomes one that nothing has.
 */
export function escapeMetadata(headers: IncomingHttpHeaders, names: readonly string[]): void {
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string' && BEYOND_ASCII.test(value)) headers[name] = escaped(value);
  }
}

const BEYOND_ASCII = /[^\x20-\x7e]/;

/** node:http2 gives each byte as one character; Envoy sends the UTF-8 of its configuration. */
function escaped(bytes: string): string {
  const text = Buffer.from(bytes, 'latin1').toString('utf8');
  return text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
