import { JavaArray, JavaChar } from '../java/boxes.ts';
import { formatText } from '../java/format-text.ts';
import { JavaEnum } from '../java/java-enum.ts';
import { JavaLocale } from '../java/locale.ts';
import { JavaCharset } from '../java/text/charset.ts';
import { JavaDate } from '../java/time/java-date.ts';
import { JavaZone } from '../java/time/zone.ts';
import { JavaMathContext } from '../java/types/big-decimal-type.ts';
import { JavaUuid } from '../java/uuid.ts';
import { JavaList, type Value } from '../value.ts';
import { isNumber } from './numbers.ts';

/** Whether the original's conversion service can convert this value to a string. */
export function hasText(value: Value): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || isNumber(value)) return true;
  return value instanceof JavaList || value instanceof JavaArray || isTextual(value);
}

/** An object that is equivalent to its text: a character, a constant, a date … */
export function isTextual(value: Value): boolean {
  return (
    value instanceof JavaChar ||
    value instanceof JavaEnum ||
    value instanceof JavaDate ||
    value instanceof JavaLocale ||
    value instanceof JavaCharset ||
    value instanceof JavaUuid ||
    value instanceof JavaZone ||
    value instanceof JavaMathContext ||
    // Through a constructor that takes a text, as the original sees it.
    formatText(value as object) !== undefined
  );
}
