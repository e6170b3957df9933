import { isUtf8 } from 'node:buffer';

const RUN = /(?:%[0-9a-fA-F]{2})+/g;

/** Percent decoding, once. Invalid escapes and bytes that are not UTF-8 stay as they were sent: nothing fails. */
export function percentDecode(text: string): string {
  return text.includes('%') ? text.replace(RUN, decodeRun) : text;
}

function decodeRun(run: string): string {
  const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const end = at + sequenceLength(bytes[at] ?? 0);
    const sequence = bytes.subarray(at, end);
    if (end <= bytes.length && isUtf8(sequence)) {
      text += sequence.toString('utf8');
      at = end;
    } else {
      text += run.slice(3 * at, 3 * at + 3);
      at++;
    }
  }
  return text;
}

/** Bytes of the UTF-8 sequence that begins with this one. */
function sequenceLength(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
