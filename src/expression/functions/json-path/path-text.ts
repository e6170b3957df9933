import { invalidPath, pathFailed } from './json-path-error.ts';

/**
 * A window on the text of a path or a filter, with a reading position. Only the space counts as blank here; reading
 * outside of the text (not of the window) fails, which is how unfinished paths are refused.
 */
export class PathText {
  readonly text: string;
  position = 0;
  /** Index of the last character inside the window. */
  end: number;

  constructor(text: string) {
    this.text = text;
    this.end = text.length - 1;
  }

  get length(): number {
    return this.end + 1;
  }

  at(index: number): string {
    const char = this.text[index];
    if (char === undefined) throw pathFailed(`the path "${shorten(this.text)}" ends too early`);
    return char;
  }

  get current(): string {
    return this.at(this.position);
  }

  get last(): string {
    return this.at(this.end);
  }

  contains(index: number): boolean {
    return index >= 0 && index <= this.end;
  }

  get inside(): boolean {
    return this.contains(this.position);
  }

  /** True at the last character and after it. */
  get atTail(): boolean {
    return this.position >= this.end;
  }

  slice(from: number, to: number): string {
    if (from > to || to > this.text.length) throw pathFailed(`the path "${shorten(this.text)}" ends too early`);
    return this.text.slice(from, to);
  }

  skipBlanks(): this {
    while (this.inside && this.position < this.end && this.current === ' ') this.position++;
    return this;
  }

  trim(): this {
    this.skipBlanks();
    while (this.inside && this.position < this.end && this.last === ' ') this.end--;
    return this;
  }

  /** Index of the first character after `from` that is not blank. */
  significantIndex(from: number): number {
    let index = from + 1;
    while (this.contains(index) && this.text[index] === ' ') index++;
    return index;
  }

  /** The first character after `from` that is not blank; a blank at the end. */
  significantAfter(from: number): string {
    const index = this.significantIndex(from);
    return this.contains(index) ? this.at(index) : ' ';
  }

  /** Index of `char` if it is the first significant character after `from`, otherwise -1. */
  indexIfSignificant(from: number, char: string): number {
    const index = this.significantIndex(from);
    return this.at(index) === char ? index : -1;
  }

  significantBefore(from: number): number {
    let index = from - 1;
    while (this.contains(index) && this.text[index] === ' ') index--;
    return this.contains(index) ? index : -1;
  }

  indexOf(char: string, from: number): number {
    const index = this.text.indexOf(char, from);
    return this.contains(index) ? index : -1;
  }

  /** The next `char` after `from` without a backslash before it. */
  indexOfUnescaped(char: string, from: number): number {
    for (let index = from + 1; this.contains(index); index++) {
      if (this.text[index] === '\\') index++;
      else if (this.text[index] === char) return index;
    }
    return -1;
  }

  /** The bracket that closes the one at `from`, quoted text (and, for filters, regular expressions) left out. */
  indexOfClosing(from: number, open: string, close: string, skipPatterns: boolean): number {
    if (this.at(from) !== open) throw invalidPath(`expected ${open} at position ${from} of the path`);
    let depth = 1;
    for (let index = from + 1; this.contains(index); index++) {
      const quote = this.at(index);
      if (quote === "'" || quote === '"') index = this.#behindQuoted(index, quote);
      if (skipPatterns && this.at(index) === '/') index = this.#behindQuoted(index, '/');
      const char = this.at(index);
      if (char === open) depth++;
      else if (char === close && --depth === 0) return index;
    }
    return -1;
  }

  #behindQuoted(from: number, quote: string): number {
    const closing = this.indexOfUnescaped(quote, from);
    if (closing === -1) throw invalidPath(`the ${quote} at position ${from} of the path is never closed`);
    return closing + 1;
  }

  /** Consumes `text` after blanks. */
  accept(text: string): boolean {
    this.skipBlanks();
    if (!this.contains(this.position + text.length - 1) || !this.text.startsWith(text, this.position)) return false;
    this.position += text.length;
    return true;
  }

  expect(char: string): void {
    if (this.skipBlanks().current !== char) throw invalidPath(`expected ${char} at position ${this.position}`);
    this.position++;
  }
}

export const shorten = (text: string) => (text.length > 80 ? `${text.slice(0, 79)}…` : text);
