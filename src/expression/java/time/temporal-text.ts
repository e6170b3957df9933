import { JavaException } from '../java-exception.ts';
import { JavaPeriod, periodText } from './chrono.ts';
import { dateText, JavaDate, JavaInstant } from './java-date.ts';
import { dateToString, JavaLocalDate } from './local-date.ts';
import { dateTimeToString, JavaLocalDateTime } from './local-date-time.ts';
import { JavaLocalTime, timeToString } from './local-time.ts';
import { JavaDateTimeFormatter } from './pattern-item.ts';
import { instantToString } from './print.ts';
import { JavaOffsetDateTime, JavaZone, JavaZonedDateTime, offsetText } from './zone.ts';

/** toString of a date, a time and similar values; undefined for anything else. */
export function temporalText(value: object): string | undefined {
  if (value instanceof JavaDate) return dateText(value.time);
  if (value instanceof JavaLocalDate) return dateToString(value);
  if (value instanceof JavaLocalDateTime) return dateTimeToString(value);
  if (value instanceof JavaZonedDateTime) return zonedText(value);
  if (value instanceof JavaOffsetDateTime) return dateTimeToString(value.local) + offsetText(value.offset);
  if (value instanceof JavaLocalTime) return timeToString(value);
  if (value instanceof JavaInstant) return instantToString(value.second, value.nano);
  if (value instanceof JavaPeriod) return periodText(value);
  if (value instanceof JavaZone) return value.id;
  if (value instanceof JavaDateTimeFormatter)
    throw new JavaException('UnsupportedOperationException', 'the toString of a DateTimeFormatter is not supported');
  return undefined;
}

function zonedText({ local, offset, zone }: JavaZonedDateTime): string {
  return dateTimeToString(local) + offsetText(offset) + (zone.isOffset ? '' : `[${zone.id}]`);
}
