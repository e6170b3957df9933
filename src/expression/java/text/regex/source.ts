import { JavaException } from '../../java-exception.ts';

/** A pattern and how far it has been read. */
export class PatternSource {
  readonly pattern: string;
  at = 0;

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  get atEnd(): boolean {
    return this.at >= this.pattern.length;
  }

  /** The next character that has a meaning: one code unit, "" at the end. */
  get next(): string {
    return this.pattern.charAt(this.at);
  }

  startsWith(text: string): boolean {
    return this.pattern.startsWith(text, this.at);
  }

  take(): string {
    const character = String.fromCodePoint(this.pattern.codePointAt(this.at) ?? 0);
    this.at += character.length;
    return character;
  }

  accept(text: string): boolean {
    const found = this.startsWith(text);
    if (found) this.at += text.length;
    return found;
  }

  /** What a sticky expression matches here; it is passed over. */
  match(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.at;
    const match = sticky.exec(this.pattern);
    if (match !== null) this.at += match[0].length;
    return match;
  }

  fail(reason: string): JavaException {
    return new JavaException(
      'PatternSyntaxException',
      `${reason} near index ${this.at} of the pattern ${this.pattern.slice(0, 80)}`,
    );
  }

  unsupported(what: string): JavaException {
    return this.fail(`${what} cannot run in linear time and is not supported,`);
  }
}
