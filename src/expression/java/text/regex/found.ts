/** The matches of a pattern in a text from left to right, as found by java.util.regex.Matcher's find(). */
export interface Found {
  /** Moves on to the next match. */
  find(): boolean;
  readonly start: number;
  readonly end: number;
  /** The text of a group, 0 for the whole match; "" if it took no part. */
  group(number: number): string;
}
