import { JavaBigDecimal, JavaBigInteger } from './big-decimal.ts';
import { compare as compareDecimals } from './big-decimal-arithmetic.ts';
import { JavaByte, JavaChar, JavaDouble, JavaFloat, JavaShort } from './boxes.ts';
import { compareDoubles } from './compare-doubles.ts';
import { JavaEnum } from './java-enum.ts';
import { JavaException, nullPointer } from './java-exception.ts';
import { compareTexts } from './text/strings.ts';
import { JavaCalendar } from './time/calendar.ts';
import { JavaDate, JavaInstant } from './time/java-date.ts';
import { compareDates, JavaLocalDate } from './time/local-date.ts';
import { compareDateTimes, JavaLocalDateTime } from './time/local-date-time.ts';
import { compareTimes, JavaLocalTime } from './time/local-time.ts';
import { JavaZonedDateTime, zonedEpochSecond } from './time/zone.ts';

const sign = (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0);

/** a.compareTo(b). Throws ClassCastException for values of two classes, NullPointerException for null. */
export function javaCompare(a: unknown, b: unknown): number {
  if (a === null || b === null) throw nullPointer('compareTo of null');
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (typeof a === 'number' && typeof b === 'number') return sign(a, b);
  if (typeof a === 'bigint' && typeof b === 'bigint') return sign(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return sign(Number(a), Number(b));
  const result = compareNumbers(a, b) ?? compareMoments(a, b);
  if (result === undefined)
    throw new JavaException('ClassCastException', 'values of different classes cannot be compared');
  return result;
}

function compareNumbers(a: unknown, b: unknown): number | undefined {
  if (a instanceof JavaDouble && b instanceof JavaDouble) return compareDoubles(a.value, b.value);
  if (a instanceof JavaFloat && b instanceof JavaFloat) return compareDoubles(a.value, b.value);
  if (a instanceof JavaBigDecimal && b instanceof JavaBigDecimal) return compareDecimals(a, b);
  if (a instanceof JavaBigInteger && b instanceof JavaBigInteger) return sign(a.value, b.value);
  if (a instanceof JavaShort && b instanceof JavaShort) return a.value - b.value;
  if (a instanceof JavaByte && b instanceof JavaByte) return a.value - b.value;
  if (a instanceof JavaChar && b instanceof JavaChar) return a.code - b.code;
  return a instanceof JavaEnum && b instanceof JavaEnum && a.type === b.type ? a.ordinal - b.ordinal : undefined;
}

function compareMoments(a: unknown, b: unknown): number | undefined {
  if (a instanceof JavaDate && b instanceof JavaDate) return sign(a.time, b.time);
  if (a instanceof JavaCalendar && b instanceof JavaCalendar) return sign(a.time, b.time);
  if (a instanceof JavaLocalDate && b instanceof JavaLocalDate) return compareDates(a, b);
  if (a instanceof JavaLocalTime && b instanceof JavaLocalTime) return compareTimes(a, b);
  if (a instanceof JavaLocalDateTime && b instanceof JavaLocalDateTime) return compareDateTimes(a, b);
  if (a instanceof JavaInstant && b instanceof JavaInstant) return sign(a.second, b.second) || a.nano - b.nano;
  if (a instanceof JavaZonedDateTime && b instanceof JavaZonedDateTime) {
    return (
      sign(zonedEpochSecond(a), zonedEpochSecond(b)) ||
      a.local.time.nano - b.local.time.nano ||
      compareDateTimes(a.local, b.local) ||
      compareTexts(a.zone.id, b.zone.id)
    );
  }
  return undefined;
}
