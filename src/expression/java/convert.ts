import { JavaEnum } from './java-enum.ts';
import { JavaException } from './java-exception.ts';
import { localeOf } from './locale.ts';
import { charsetOf } from './text/charset.ts';
import { parseDateText } from './time/date-parse.ts';
import { instantOfMillis, JavaDate, timeZoneOf } from './time/java-date.ts';
import { JavaLocalDateTime } from './time/local-date-time.ts';
import { JavaTimeZone } from './time/time-zone.ts';
import { JavaZone, JavaZonedDateTime, offsetZone, parseOffset, zoneOf } from './time/zone.ts';
import { JavaUuid } from './uuid.ts';

type Converter = (value: unknown) => unknown;

const fromText =
  (convert: (text: string) => unknown): Converter =>
  (value) =>
    typeof value === 'string' ? convert(value.trim()) : undefined;

/**
 * Argument conversions of Spring's conversion service, in addition to those between strings, numbers, booleans, lists
 * and arrays: through a converter of its own, or a static `of`, `valueOf`, `from` or a constructor of the target.
 */
const CONVERTERS: Readonly<Record<string, Converter>> = {
  'java.util.Locale': fromText(localeOf),
  'java.nio.charset.Charset': fromText(charsetOf),
  'java.util.UUID': fromText((text) => new JavaUuid(text)),
  'java.util.TimeZone': (value) => {
    if (value instanceof JavaZone) return new JavaTimeZone(value);
    return typeof value === 'string' ? new JavaTimeZone(timeZoneOf(value.trim())) : undefined;
  },
  'java.time.ZoneId': fromText(zoneOf),
  'java.time.ZoneOffset': fromText((text) => {
    const seconds = parseOffset(text);
    if (seconds === undefined)
      throw new JavaException('DateTimeException', `Invalid ID for ZoneOffset, invalid format: ${text}`);
    return offsetZone(seconds);
  }),
  'java.util.Date': (value) =>
    typeof value === 'string' ? new JavaDate(parseDateText(value, new Date().getUTCFullYear())) : undefined,
  'java.time.Instant': (value) => {
    if (value instanceof JavaDate) return instantOfMillis(value.time);
    return undefined;
  },
  'java.time.LocalDate': (value) => {
    if (value instanceof JavaLocalDateTime) return value.date;
    return value instanceof JavaZonedDateTime ? value.local.date : undefined;
  },
  'java.time.LocalTime': (value) => {
    if (value instanceof JavaLocalDateTime) return value.time;
    return value instanceof JavaZonedDateTime ? value.local.time : undefined;
  },
  'java.time.LocalDateTime': (value) => (value instanceof JavaZonedDateTime ? value.local : undefined),
};

/** An enum constant by its name or ordinal; undefined if the type is not an enum or there is no such ordinal. */
function toEnum(value: unknown, type: string, constants: ReadonlyMap<string, unknown>): JavaEnum | undefined {
  const members = [...constants.values()].filter((constant) => constant instanceof JavaEnum && constant.type === type);
  if (members.length === 0) return undefined;
  if (typeof value === 'number') return members[value] as JavaEnum | undefined;
  if (typeof value !== 'string') return undefined;
  const found = constants.get(value.trim());
  if (!(found instanceof JavaEnum))
    throw new JavaException('IllegalArgumentException', `No enum constant ${type}.${value.slice(0, 40)}`);
  return found;
}

/**
 * The value as `type`, undefined where nothing converts it. `constants` are those of the type. Throws JavaException for
 * a text that does not fit.
 */
export function convertArgument(value: unknown, type: string, constants: ReadonlyMap<string, unknown>): unknown {
  return Object.hasOwn(CONVERTERS, type) ? CONVERTERS[type]?.(value) : toEnum(value, type, constants);
}

/** Whether there is a conversion from the class of the value, whatever the value itself is. */
export function isConvertible(value: unknown, type: string, constants: ReadonlyMap<string, unknown>): boolean {
  try {
    if (convertArgument(value, type, constants) !== undefined) return true;
  } catch (error) {
    if (error instanceof JavaException) return true;
    throw error;
  }
  // An ordinal without a constant fails only when it is converted.
  return (
    typeof value === 'number' &&
    [...constants.values()].some((constant) => constant instanceof JavaEnum && constant.type === type)
  );
}
