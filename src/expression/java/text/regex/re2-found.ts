import type { Matcher, RE2JS } from 're2js';
import type { Meter } from '../../meter.ts';
import type { Found } from './found.ts';

const SHORT_TEXT = 128;
/** Passes over the text that the price of the call covers. */
const PAID_PASSES = 4;
const READS_PER_STEP = 16;
const READS_PER_REPORT = 1024;

/**
 * A text that counts how often its characters are read. One search is linear, but the search for the next match may
 * read the whole rest of the text before it accepts a match of one character (`a(?:.*z)?`): over all matches
 * that is quadratic in the length, and the caller chooses the text.
 */
class MeteredText extends String {
  readonly #text: string;
  readonly #meter: Meter;
  readonly #weight: number;
  #left: number;

  constructor(text: string, weight: number, meter: Meter) {
    super(text);
    this.#text = text;
    this.#weight = weight;
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
    this.#meter.step(Math.ceil((reads * this.#weight) / READS_PER_STEP));
  }
}

/** Matches that RE2 finds. */
export class Re2Found implements Found {
  readonly #matcher: Matcher;
  readonly #meter: Meter;
  start = 0;
  end = 0;

  constructor(regex: RE2JS, text: string, weight: number, meter: Meter) {
    // The class is a string to the matcher, whose types do not say so.
    const read = text.length < SHORT_TEXT ? text : (new MeteredText(text, weight, meter) as unknown as string);
    this.#matcher = regex.matcher(read);
    this.#meter = meter;
  }

  find(): boolean {
    if (!this.#matcher.find()) return false;
    this.#meter.step(1);
    this.start = this.#matcher.start();
    this.end = this.#matcher.end();
    return true;
  }

  group(number: number): string {
    return this.#matcher.group(number) ?? '';
  }
}
