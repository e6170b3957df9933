import { isAscii } from 'node:buffer';
import { charge, type MemoryAccount } from '../../memory-account.ts';
import { FormatError } from '../format-error.ts';
import type { JsonScanner, JsonSpan } from './json-scanner.ts';
import type { ResultFields } from './result-fields.ts';

const EMPTY = Buffer.alloc(0);

/**
 * `body` as bytes: a string's text as UTF-8, or what it is in base64; any other value as the function wrote it, so that
 * `1.10` and large integers keep their digits. Intermediate data are charged to `memory` until the bytes exist.
 * Throws FormatError and NoRoomError.
 */
export function bodyOf(fields: ResultFields, memory: MemoryAccount): Uint8Array {
  const isBase64 = isBase64Encoded(fields);
  const span = fields.value('body');
  if (span === undefined) return EMPTY;
  const { scanner } = fields;
  const written = scanner.bytes.subarray(span.start, span.end);
  if (!isBase64 && scanner.kind(span.start) !== 'string') {
    charge(memory, written.length);
    memory.give(written.length);
    return Buffer.from(written);
  }
  return textBytes(scanner, span, memory, isBase64 ? fromBase64 : toUtf8);
}

/** The text of a string as bytes, UTF-8 by default. Intermediate data are charged to `memory`. */
export function textBytes(
  scanner: JsonScanner,
  span: JsonSpan,
  memory: MemoryAccount,
  toBytes: (text: string) => Uint8Array = toUtf8,
): Uint8Array {
  const written = scanner.bytes.subarray(span.start, span.end);
  // The text as written, the text as read, and the bytes.
  const most = (isAscii(written) ? 3 : 5) * written.length;
  charge(memory, most);
  try {
    return toBytes(scanner.text(span));
  } finally {
    memory.give(most);
  }
}

const toUtf8 = (text: string): Uint8Array => Buffer.from(text);

/** Strict, because Buffer.from accepts anything. As in AWS, padding is optional; blanks and base64url are not base64. */
function fromBase64(text: string): Uint8Array {
  const digits = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length;
  const isPadded = digits < text.length;
  if (digits % 4 === 1 || (isPadded && text.length % 4 !== 0) || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new FormatError('body is not base64, though isBase64Encoded is true');
  }
  return Buffer.from(text, 'base64');
}

function isBase64Encoded(fields: ResultFields): boolean {
  const span = fields.value('isBase64Encoded');
  if (span === undefined) return false;
  const text = wordOf(fields, span);
  if (text !== 'true' && text !== 'false') throw new FormatError('isBase64Encoded is neither true nor false');
  return text === 'true';
}

/** Of a string or a scalar that is short. */
function wordOf({ scanner }: ResultFields, span: JsonSpan): string | undefined {
  const kind = scanner.kind(span.start);
  return (kind === 'string' || kind === 'scalar') && span.end - span.start <= 16 ? scanner.text(span) : undefined;
}
