import type { Place } from './node.ts';

const RETURN = 13;
const FEED = 10;

const isTerminator = (unit: number) =>
  unit === FEED || unit === RETURN || unit === 0x85 || unit === 0x2028 || unit === 0x2029;

/** What makes a text one of several lines. */
export const LINE_TERMINATOR = /[\n\r\u0085\u2028\u2029]/;

/** Whether a place is at a position of a text; `matchEnd` is where the last match ended. */
export function isAt(place: Place, text: string, at: number, matchEnd: number): boolean {
  switch (place) {
    case 'text-start':
      return at === 0;
    case 'text-end':
      return at === text.length;
    case 'match-end':
      return at === matchEnd;
    case 'last-line-end':
      return isBeforeLastTerminator(text, at);
    case 'line-start':
      return isLineStart(text, at);
    case 'line-end':
      return at === text.length || (isTerminator(text.charCodeAt(at)) && !isInsideBreak(text, at));
    case 'unix-last-line-end':
      return at === text.length || (at === text.length - 1 && text.charCodeAt(at) === FEED);
    case 'unix-line-start':
      return at < text.length && (at === 0 || text.charCodeAt(at - 1) === FEED);
    case 'unix-line-end':
      return at === text.length || text.charCodeAt(at) === FEED;
    case 'word-boundary':
      return isWord(text.charCodeAt(at - 1)) !== isWord(text.charCodeAt(at));
    case 'no-word-boundary':
      return isWord(text.charCodeAt(at - 1)) === isWord(text.charCodeAt(at));
  }
}

/** Between the two of `\r\n`. */
const isInsideBreak = (text: string, at: number) => text.charCodeAt(at) === FEED && text.charCodeAt(at - 1) === RETURN;

function isBeforeLastTerminator(text: string, at: number): boolean {
  if (at < text.length - 2) return false;
  if (at === text.length) return true;
  if (at === text.length - 2) return isInsideBreak(text, at + 1);
  return isTerminator(text.charCodeAt(at)) && !isInsideBreak(text, at);
}

function isLineStart(text: string, at: number): boolean {
  if (at === text.length) return false;
  return at === 0 || (isTerminator(text.charCodeAt(at - 1)) && !isInsideBreak(text, at));
}

/** NaN, beyond the ends of the text, is not a word character. */
const isWord = (unit: number) =>
  (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || (unit >= 48 && unit <= 57) || unit === 95;
