/** A body, a payload or a result in a test file. */
export type BytesDocument =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly value: unknown }
  /** JSON that has at least these fields. */
  | { readonly kind: 'subset'; readonly value: unknown }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'none' };

/** `value`: a text is itself, null is nothing, anything else is JSON. Undefined if neither field exists. */
export function bytesDocument(value: unknown, base64: string | null | undefined): BytesDocument | undefined {
  if (typeof base64 === 'string') return { kind: 'bytes', bytes: Buffer.from(base64, 'base64') };
  if (value === undefined) return undefined;
  if (value === null) return { kind: 'none' };
  return typeof value === 'string' ? { kind: 'text', text: value } : { kind: 'json', value };
}

export function bytesOf(document: BytesDocument | undefined): Buffer {
  switch (document?.kind) {
    case 'text':
      return Buffer.from(document.text);
    case 'json':
    case 'subset':
      return Buffer.from(JSON.stringify(document.value));
    case 'bytes':
      return document.bytes;
    default:
      return Buffer.alloc(0);
  }
}
