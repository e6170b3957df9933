import { JavaList, JavaMap } from '../value.ts';
import { JavaBigDecimal, JavaBigInteger } from './big-decimal.ts';
import { JavaByte, JavaChar, JavaDouble, JavaFloat, JavaShort } from './boxes.ts';
import { JavaComparator } from './comparator.ts';
import { convertArgument, isConvertible } from './convert.ts';
import { defineType, type JavaType } from './descriptor.ts';
import { JavaEnum } from './java-enum.ts';
import { JavaLocale } from './locale.ts';
import { JavaEntry } from './map-entry.ts';
import { JavaBase64Decoder, JavaBase64Encoder } from './text/base64.ts';
import { JavaCharset } from './text/charset.ts';
import { JavaChoiceFormat } from './text/choice-format.ts';
import { JavaDecimalFormat } from './text/decimal-format.ts';
import { JavaMessageFormat } from './text/message-format.ts';
import { JavaCalendar } from './time/calendar.ts';
import { JavaPeriod } from './time/chrono.ts';
import { JavaDate, JavaInstant } from './time/java-date.ts';
import { JavaLocalDate } from './time/local-date.ts';
import { JavaLocalDateTime } from './time/local-date-time.ts';
import { JavaLocalTime } from './time/local-time.ts';
import { JavaDateTimeFormatter } from './time/pattern-item.ts';
import { JavaSimpleDateFormat } from './time/simple-date-format.ts';
import { JavaTimeZone } from './time/time-zone.ts';
import { JavaOffsetDateTime, JavaZone, JavaZonedDateTime } from './time/zone.ts';
import { BIG_DECIMAL, BIG_INTEGER, JavaMathContext, MATH_CONTEXT } from './types/big-decimal-type.ts';
import * as collections from './types/collection-types.ts';
import * as constants from './types/constant-types.ts';
import * as dates from './types/date-types.ts';
import { DOUBLE, FLOAT } from './types/floating-types.ts';
import * as formats from './types/format-types.ts';
import { DATE_TIME_FORMATTER } from './types/formatter-type.ts';
import { BYTE, INTEGER, LONG, SHORT } from './types/integer-types.ts';
import { LOCAL_DATE_TIME } from './types/local-date-time-type.ts';
import { LOCAL_DATE } from './types/local-date-type.ts';
import { MATH } from './types/math-type.ts';
import { CHARACTER, STRING } from './types/string-type.ts';
import * as utilities from './types/utility-types.ts';
import { ZONED_DATE_TIME } from './types/zoned-date-time-type.ts';
import { JavaUuid } from './uuid.ts';

export { javaCompare } from './compare.ts';
export type { JavaEnvironment, JavaType, Signature } from './descriptor.ts';
export { hashOrder, javaEquals, javaHash } from './equality.ts';
export { JavaEnum } from './java-enum.ts';
export { JavaException } from './java-exception.ts';
export { JavaEntry } from './map-entry.ts';
export { JAVA_TEXT, javaText } from './object.ts';
export { compileRegex } from './text/regex/index.ts';

/** The superclass of all others; its three methods are allowed on every value. */
export const { OBJECT } = collections;

/** Interfaces and superclasses used only by `instanceof` and overloads. */
const ABSTRACT: Readonly<Record<string, readonly string[]>> = {
  'java.lang.Number': [],
  'java.lang.CharSequence': [],
  'java.lang.Comparable': [],
  'java.lang.Iterable': [],
  'java.util.ArrayList': ['java.util.List'],
  'java.util.LinkedList': ['java.util.List', 'java.util.Deque'],
  'java.util.HashMap': ['java.util.Map'],
  'java.util.LinkedHashMap': ['java.util.HashMap'],
  'java.util.GregorianCalendar': ['java.util.Calendar'],
  'java.time.temporal.Temporal': ['java.time.temporal.TemporalAccessor'],
  'java.time.temporal.TemporalAccessor': [],
  'java.time.temporal.TemporalAdjuster': [],
  'java.time.temporal.TemporalAmount': [],
  'java.time.temporal.TemporalField': [],
  'java.time.temporal.TemporalUnit': [],
  'java.time.chrono.ChronoLocalDate': ['java.time.temporal.Temporal'],
  'java.time.chrono.ChronoLocalDateTime': ['java.time.temporal.Temporal'],
  'java.time.chrono.ChronoZonedDateTime': ['java.time.temporal.Temporal'],
};

const namespaces = [collections, constants, dates, formats, utilities];

const isType = (value: unknown): value is JavaType =>
  typeof value === 'object' && value !== null && 'constructors' in value && 'supertypes' in value;

const TYPES: readonly JavaType[] = [
  ...namespaces.flatMap((namespace): unknown[] => Object.values(namespace)).filter(isType),
  ...Object.entries(ABSTRACT).map(([name, supertypes]) => defineType(name, { supertypes })),
  BIG_DECIMAL,
  BIG_INTEGER,
  BYTE,
  CHARACTER,
  DATE_TIME_FORMATTER,
  DOUBLE,
  FLOAT,
  INTEGER,
  LOCAL_DATE,
  LOCAL_DATE_TIME,
  LONG,
  MATH,
  MATH_CONTEXT,
  SHORT,
  STRING,
  ZONED_DATE_TIME,
];

/** Every class by its full name, those of java.lang by their simple name too: what `T(X)` and `new X` find. */
export const TYPES_BY_NAME: ReadonlyMap<string, JavaType> = new Map(
  TYPES.flatMap((type): [string, JavaType][] => {
    const simple = /^java\.lang\.([A-Za-z]+)$/.exec(type.name)?.[1];
    return simple === undefined
      ? [[type.name, type]]
      : [
          [type.name, type],
          [simple, type],
        ];
  }),
);

const named = (name: string): JavaType => TYPES_BY_NAME.get(name) ?? OBJECT;

/**
 * Argument conversions beside those between strings, numbers, booleans and collections: to a Locale, a ZoneId, an enum …
 * Undefined where there is none; throws JavaException for a text that does not fit.
 */
export const convertTo = (value: unknown, type: string): unknown => convertArgument(value, type, named(type).constants);

/** Whether `convertTo` applies to the class of the value: used to choose between overloads. */
export const canConvert = (value: unknown, type: string): boolean => isConvertible(value, type, named(type).constants);

/** The class of a value that is an object, by its JavaScript class. */
const BY_CLASS = new Map<unknown, JavaType>([
  [JavaDouble, DOUBLE],
  [JavaFloat, FLOAT],
  [JavaShort, SHORT],
  [JavaByte, BYTE],
  [JavaChar, CHARACTER],
  [JavaBigDecimal, BIG_DECIMAL],
  [JavaBigInteger, BIG_INTEGER],
  [JavaMathContext, MATH_CONTEXT],
  [JavaMap, collections.MAP],
  [JavaEntry, collections.MAP_ENTRY],
  [JavaComparator, collections.COMPARATOR],
  [JavaLocale, constants.LOCALE],
  [JavaCharset, utilities.CHARSET],
  [JavaUuid, utilities.UUID],
  [JavaBase64Encoder, utilities.BASE64_ENCODER],
  [JavaBase64Decoder, utilities.BASE64_DECODER],
  [JavaDate, dates.DATE],
  [JavaCalendar, named('java.util.GregorianCalendar')],
  [JavaTimeZone, dates.TIME_ZONE],
  [JavaInstant, constants.INSTANT],
  [JavaLocalDate, LOCAL_DATE],
  [JavaLocalTime, constants.LOCAL_TIME],
  [JavaLocalDateTime, LOCAL_DATE_TIME],
  [JavaOffsetDateTime, constants.OFFSET_DATE_TIME],
  [JavaZonedDateTime, ZONED_DATE_TIME],
  [JavaPeriod, constants.PERIOD],
  [JavaDateTimeFormatter, DATE_TIME_FORMATTER],
  [JavaSimpleDateFormat, formats.SIMPLE_DATE_FORMAT],
  [JavaDecimalFormat, formats.DECIMAL_FORMAT],
  [JavaChoiceFormat, formats.CHOICE_FORMAT],
  [JavaMessageFormat, formats.MESSAGE_FORMAT],
]);

/** The class of a value; Object for null, arrays, and values that do not exist in Java. */
export function typeOf(value: unknown): JavaType {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'number':
      return INTEGER;
    case 'bigint':
      return LONG;
    case 'boolean':
      return constants.BOOLEAN;
    default:
      return typeof value === 'object' && value !== null ? typeOfObject(value) : OBJECT;
  }
}

function typeOfObject(value: object): JavaType {
  if (value instanceof JavaList) return value.kind === 'set' ? collections.SET : collections.LIST;
  if (value instanceof JavaEnum) return named(value.type);
  if (value instanceof JavaZone) return value.isOffset ? constants.ZONE_OFFSET : constants.ZONE_ID;
  return BY_CLASS.get(value.constructor) ?? OBJECT;
}

/** Whether a class is another one or has it above itself. */
export function isSubtype(type: JavaType, name: string): boolean {
  if (type.name === name || name === 'java.lang.Object') return true;
  return type.supertypes.some((above) => above === name || (TYPES_BY_NAME.has(above) && isSubtype(named(above), name)));
}
