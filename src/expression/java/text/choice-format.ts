import { parseDouble } from '../double-parse.ts';
import { illegalArgument } from '../java-exception.ts';
import { nextUp } from '../math.ts';

/** java.text.ChoiceFormat: `0#none|1#one|1<many`. */
export class JavaChoiceFormat {
  readonly limits: readonly number[];
  readonly texts: readonly string[];

  constructor(limits: readonly number[], texts: readonly string[]) {
    if (limits.length !== texts.length) throw illegalArgument('Input arrays must be of the same length.');
    this.limits = limits;
    this.texts = texts;
  }
}

export function parseChoice(pattern: string): JavaChoiceFormat {
  const limits: number[] = [];
  const texts: string[] = [];
  const segments = ['', ''];
  let part = 0;
  let quoted = false;
  let limit = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === "'") {
      if (pattern[at + 1] === "'") {
        segments[part] += "'";
        at++;
      } else quoted = !quoted;
    } else if (quoted) segments[part] += character;
    else if ('<#≤'.includes(character) && part === 0) {
      if (segments[0] === '') throw illegalArgument('Each interval must contain a number before a format');
      limit = readLimit(segments[0] ?? '', character);
      if (limits.length > 0 && limit <= (limits.at(-1) ?? 0))
        throw illegalArgument('Incorrect order of intervals, must be in ascending order');
      segments[0] = '';
      part = 1;
    } else if (character === '|' && part === 1) {
      limits.push(limit);
      texts.push(segments[1] ?? '');
      segments[1] = '';
      part = 0;
    } else segments[part] += character;
  }
  if (part === 1) {
    limits.push(limit);
    texts.push(segments[1] ?? '');
  }
  return new JavaChoiceFormat(limits, texts);
}

function readLimit(text: string, sign: string): number {
  const number = text === '∞' ? Number.POSITIVE_INFINITY : text === '-∞' ? Number.NEGATIVE_INFINITY : parseDouble(text);
  return sign === '<' && Number.isFinite(number) ? nextUp(number, false) : number;
}

export function formatChoice(format: JavaChoiceFormat, value: number): string {
  let chosen = 0;
  while (chosen < format.limits.length && value >= (format.limits[chosen] ?? 0)) chosen++;
  return format.texts[Math.max(0, chosen - 1)] ?? '';
}
