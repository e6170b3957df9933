/** Between a streamed answer's prelude and its body: exactly this many NULs. JSON contains none. */
export const DELIMITER_BYTES = 8;

/** `whole`: the delimiter. `cut`: all bytes from the first NUL on are NULs, and more may come. `broken`: something else follows. */
export type Delimiter = 'none' | 'cut' | 'whole' | 'broken';

/** What begins at the first NUL from `from` on, and its position. */
export function findDelimiter(bytes: Uint8Array, from: number): { readonly kind: Delimiter; readonly at: number } {
  const at = bytes.indexOf(0, from);
  if (at === -1) return { kind: 'none', at: bytes.length };
  const nulls = bytes.subarray(at, at + DELIMITER_BYTES);
  if (nulls.some((byte) => byte !== 0)) return { kind: 'broken', at };
  return { kind: nulls.length === DELIMITER_BYTES ? 'whole' : 'cut', at };
}
