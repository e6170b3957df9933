import { isUtf8 } from 'node:buffer';
import { type FunctionAnswer, isWhole } from '../../formats/index.ts';

/** A body as text; in base64 if its bytes are not UTF-8; null if there is none. */
export type ShownBody = string | { readonly base64: string } | null;

export function shownBody(bytes: Uint8Array | undefined): ShownBody {
  if (bytes === undefined || bytes.length === 0) return null;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? buffer.toString('utf8') : { base64: buffer.toString('base64') };
}

/** A body that still arrives belongs to the caller only. */
export function shownAnswerBody(body: FunctionAnswer['body']): ShownBody {
  return isWhole(body) ? shownBody(body) : null;
}
