import { JavaChoiceFormat } from './text/choice-format.ts';
import { JavaDecimalFormat } from './text/decimal-format.ts';
import { JavaMessageFormat } from './text/message-format.ts';
import { hashText } from './text/strings.ts';
import { JavaSimpleDateFormat } from './time/simple-date-format.ts';

/** The toString of a java.text format: its class and the hash of its pattern. Undefined for any other object. */
export function formatText(value: object): string | undefined {
  const hash = hashOf(value);
  return hash && `java.text.${hash.name}@${(hash.code >>> 0).toString(16)}`;
}

function hashOf(value: object): { readonly name: string; readonly code: number } | undefined {
  if (value instanceof JavaSimpleDateFormat) return { name: 'SimpleDateFormat', code: hashText(value.pattern) };
  if (value instanceof JavaMessageFormat) {
    // What is left of the pattern without its elements.
    return { name: 'MessageFormat', code: hashText(textOf(value.parts)) };
  }
  if (value instanceof JavaChoiceFormat) {
    const last = value.texts.at(-1);
    return { name: 'ChoiceFormat', code: value.limits.length ^ (last === undefined ? 0 : hashText(last)) };
  }
  if (value instanceof JavaDecimalFormat) {
    // 309 integer digits and 3 of a fraction, whatever the pattern says; signs of the locale in the prefix are left out.
    const digits = (309 * 37 + 3) * 37;
    return {
      name: 'DecimalFormat',
      code: (digits + hashText(textOf(value.pattern.positivePrefix))) | 0,
    };
  }
  return undefined;
}

const textOf = (parts: readonly unknown[]): string => parts.filter((part) => typeof part === 'string').join('');
