import type { Matcher, RE2JS } from 're2js';
import type { JavaEnvironment } from '../descriptor.ts';

/** Told of work beyond one pass over the text. */
export type Meter = Pick<JavaEnvironment, 'step'>;

const SHORT_TEXT = 128;
/** Passes over the text that the price of the call covers. */
const PAID_PASSES = 4;
const READS_PER_STEP = 16;
const READS_PER_REPORT = 1024;

/**
 * A text that counts how often its characters are looked at. One search is linear, but the search for the next match may
 * look at all the rest of the text before it settles for a match of one character (`a(?:.*z)?`): over all matches
 * that is the square of the length, and the caller chooses the text.
 */
class MeteredText extends String {
  readonly #text: string;
  readonly #meter: Meter;
  #left: number;

  constructor(text: string, meter: Meter) {
    super(text);
    this.#text = text;
    this.#meter = meter;
    this.#left = PAID_PASSES * text.length + READS_PER_REPORT;
  }

  override charCodeAt(at: number): number {
    if (--this.#left < 0) this.#report(READS_PER_REPORT);
    return this.#text.charCodeAt(at);
  }

  override indexOf(part: string, from = 0): number {
    const found = this.#text.indexOf(part, from);
    // Many characters at a time.
    this.#left -= ((found < 0 ? this.length : found) - from) >> 4;
    if (this.#left < 0) this.#report(-this.#left);
    return found;
  }

  #report(reads: number): void {
    this.#left = READS_PER_REPORT;
    this.#meter.step(Math.ceil(reads / READS_PER_STEP));
  }
}

/** A compiled pattern that is searched for. */
export class RegexSearch {
  readonly #regex: RE2JS;
  /** The number of the group that marks where a lookahead at the end begins; 0: there is none. */
  readonly #marker: number;

  constructor(regex: RE2JS, marker = 0) {
    this.#regex = regex;
    this.#marker = marker;
  }

  /** The pattern's own groups. */
  get groupCount(): number {
    return this.#regex.groupCount() - (this.#marker === 0 ? 0 : 1);
  }

  /** The number of a named group, for `Found.group`. */
  groupNamed(name: string): number | undefined {
    const groups = this.#regex.namedGroups();
    const group = Object.hasOwn(groups, name) ? groups[name] : undefined;
    return group === undefined || this.#marker === 0 || group < this.#marker ? group : group - 1;
  }

  /** The matches from left to right, as java.util.regex.Matcher's find() tells them. */
  in(text: string, meter: Meter): Found {
    // The class is a string to the matcher, whose types do not say so.
    const read = text.length < SHORT_TEXT ? text : (new MeteredText(text, meter) as unknown as string);
    return new Found(this.#regex.matcher(read), text, this.#marker, meter);
  }
}

export class Found {
  readonly #matcher: Matcher;
  readonly #text: string;
  readonly #marker: number;
  readonly #meter: Meter;
  start = 0;
  end = 0;
  #next = 0;

  constructor(matcher: Matcher, text: string, marker: number, meter: Meter) {
    this.#matcher = matcher;
    this.#text = text;
    this.#marker = marker;
    this.#meter = meter;
  }

  find(): boolean {
    if (!this.#search()) return false;
    this.#meter.step(1);
    this.start = this.#matcher.start();
    this.end = this.#marker === 0 ? this.#matcher.end() : this.#matcher.end(this.#marker);
    // Behind a match of nothing one character is passed over.
    const character = this.#text.codePointAt(this.end) ?? 0;
    this.#next = this.end > this.start ? this.end : this.end + (character > 0xffff ? 2 : 1);
    return true;
  }

  /** The matcher would go on behind what a lookahead has only looked at. */
  #search(): boolean {
    if (this.#marker === 0) return this.#matcher.find();
    return this.#next <= this.#text.length && this.#matcher.find(this.#next);
  }

  /** What a group matched; empty where it took no part. */
  group(number: number): string {
    if (number === 0) return this.#text.slice(this.start, this.end);
    const own = this.#marker !== 0 && number >= this.#marker ? number + 1 : number;
    return this.#matcher.group(own) ?? '';
  }
}
