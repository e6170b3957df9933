/** The matches of a pattern in a text from left to right, as java.util.regex.Matcher's find() tells them. */
export interface Found {
  /** Moves on to the next match. */
  find(): boolean;
  readonly start: number;
  readonly end: number;
  /** What a group matched, 0 for all of the match; "" where it took no part. */
  group(number: number): string;
}
