import { illegalArgument } from '../java-exception.ts';
import { limitPattern, limitText } from '../limits.ts';

/** One `{…}` of a MessageFormat pattern. */
export interface MessageElement {
  readonly index: number;
  /** `number`, `date`, `time`, `choice` or nothing. */
  readonly type: string;
  readonly style: string;
}

/** java.text.MessageFormat. */
export class JavaMessageFormat {
  readonly pattern: string;
  readonly parts: readonly (string | MessageElement)[];
  readonly locale: string;

  constructor(pattern: string, locale = 'en-US') {
    this.pattern = pattern;
    this.parts = parse(pattern);
    this.locale = locale;
  }
}

/** Writes one argument; undefined means that there is no argument of that number. */
export type WriteElement = (element: MessageElement) => string;

export function formatMessage(format: JavaMessageFormat, write: WriteElement): string {
  let text = '';
  for (const part of format.parts) {
    text += typeof part === 'string' ? part : write(part);
    limitText(text.length);
  }
  return text;
}

/** A quote begins literal text up to the next one; two are one; an open one reaches to the end. */
function parse(pattern: string): (string | MessageElement)[] {
  limitPattern(pattern);
  const parts: (string | MessageElement)[] = [];
  let text = '';
  let at = 0;
  while (at < pattern.length) {
    const character = pattern.charAt(at);
    if (character === "'") {
      if (pattern[at + 1] === "'") {
        text += "'";
        at += 2;
        continue;
      }
      const end = literalEnd(pattern, at + 1);
      text += pattern.slice(at + 1, end).replaceAll("''", "'");
      at = end + 1;
    } else if (character === '{') {
      const end = elementEnd(pattern, at);
      if (text !== '') parts.push(text);
      text = '';
      parts.push(element(pattern.slice(at + 1, end)));
      at = end + 1;
    } else {
      text += character;
      at++;
    }
  }
  if (text !== '') parts.push(text);
  return parts;
}

function literalEnd(pattern: string, start: number): number {
  let at = start;
  while (at < pattern.length) {
    if (pattern[at] === "'") {
      if (pattern[at + 1] !== "'") return at;
      at++;
    }
    at++;
  }
  return pattern.length;
}

function elementEnd(pattern: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < pattern.length; at++) {
    if (pattern[at] === "'") quoted = !quoted;
    if (quoted) continue;
    if (pattern[at] === '{') depth++;
    else if (pattern[at] === '}' && --depth === 0) return at;
  }
  throw illegalArgument('Unmatched braces in the pattern.');
}

function element(content: string): MessageElement {
  const [index = '', type = '', ...style] = content.split(',');
  if (!/^\s*\d{1,4}\s*$/.test(index)) throw illegalArgument(`can't parse argument number: ${index.slice(0, 40)}`);
  const kind = type.trim().toLowerCase();
  if (!['', 'number', 'date', 'time', 'choice'].includes(kind))
    throw illegalArgument(`unknown format type: ${type.slice(0, 40)}`);
  return { index: Number(index), type: kind, style: style.join(',') };
}
