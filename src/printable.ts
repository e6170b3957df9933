// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters of terminals, and text direction overrides
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** A text for a terminal or a log, in its lines: characters that would move the cursor or hide other text are shown as escapes. */
export function printable(text: string): string {
  return text.replaceAll(CONTROL, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same in one line. A line that a name begins could be a command of the CI system that reads it, as `::error::`. */
export function printableLine(text: string): string {
  return printable(text.replaceAll('\r\n', '\\r\\n').replaceAll('\n', '\\n').replaceAll('\r', '\\r'));
}
