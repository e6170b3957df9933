import { JavaLocalDate } from './local-date.ts';
import { JavaLocalDateTime } from './local-date-time.ts';
import { JavaLocalTime } from './local-time.ts';
import type { Temporal } from './temporal-fields.ts';
import { JavaZonedDateTime } from './zone.ts';

const none = { date: undefined, time: undefined, offset: undefined, zone: undefined };

/** The fields of a value for a formatter; undefined if it is not a TemporalAccessor. */
export function temporalOf(value: unknown): Temporal | undefined {
  if (value instanceof JavaLocalDate) return { ...none, date: value };
  if (value instanceof JavaLocalTime) return { ...none, time: value };
  if (value instanceof JavaLocalDateTime) return { ...none, date: value.date, time: value.time };
  if (value instanceof JavaZonedDateTime)
    return { date: value.local.date, time: value.local.time, offset: value.offset, zone: value.zone };
  return undefined;
}
