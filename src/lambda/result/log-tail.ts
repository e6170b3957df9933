/** The service sends the last 4 KB. */
const LOG_TAIL_BYTES = 4096;

/** The end of a function's log, of its base64. */
export function decodeTail(encoded: string): string {
  // Four characters of base64 are three bytes.
  const bytes = Buffer.from(encoded.slice(0, Math.ceil(LOG_TAIL_BYTES / 3) * 4), 'base64');
  return bytes.subarray(0, LOG_TAIL_BYTES).toString();
}
