import { isUtf8 } from 'node:buffer';
import { type FunctionAnswer, isWhole } from '../../formats/index.ts';

/** A body as text; in base64 where its bytes are not UTF-8; null where there is none. */
export type ShownBody = string | { readonly base64: string } | null;

export function shownBody(bytes: Uint8Array | undefined): ShownBody {
  if (bytes === undefined || bytes.length === 0) return null;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? buffer.toString('utf8') : { base64: buffer.toString('base64') };
}

/** One that still arrives is the caller's, and nobody else's. */
export function shownAnswerBody(body: FunctionAnswer['body']): ShownBody {
  return isWhole(body) ? shownBody(body) : null;
}
