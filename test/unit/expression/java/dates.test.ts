import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, constant, fails, make, on, text } from './java-calls.ts';

const FORMATTER = 'java.time.format.DateTimeFormatter';
const date = (value: string) => call('java.time.LocalDate', 'parse(CharSequence)', value);
const dateTime = (value: string) => call('java.time.LocalDateTime', 'parse(CharSequence)', value);
const zoned = (value: string) => call('java.time.ZonedDateTime', 'parse(CharSequence)', value);
const pattern = (value: string) => call(FORMATTER, 'ofPattern(String)', value);
const unit = (name: string) => constant('java.time.temporal.ChronoUnit', name);

test('months end where the calendar ends them', () => {
  assert.equal(text(on(date('2024-01-31'), 'plusMonths(long)', 1n)), '2024-02-29');
  assert.equal(text(on(date('2024-02-29'), 'plusYears(long)', 1n)), '2025-02-28');
  assert.equal(text(on(date('2024-02-29'), 'minusDays(long)', 60n)), '2023-12-31');
  assert.equal(text(on(date('2024-03-31'), 'until(ChronoLocalDate)', date('2024-02-29'))), 'P-1M-2D');
  assert.equal(on(date('2024-01-31'), 'until(Temporal,TemporalUnit)', date('2024-12-30'), unit('MONTHS')), 10n);
  for (const bad of ['2023-02-29', '2024-2-29', '2024-02-29 ', '', '20240229'])
    fails(() => date(bad), 'DateTimeParseException');
  fails(() => call('java.time.LocalDate', 'of(int,int,int)', 2023, 2, 29), 'DateTimeException');
});

test('local times in a gap move and in an overlap take the earlier offset', () => {
  assert.equal(
    text(on(dateTime('2024-03-31T02:30'), 'atZone(ZoneId)', on(zoned('2024-01-01T00:00Z[Europe/Paris]'), 'getZone()'))),
    '2024-03-31T03:30+02:00[Europe/Paris]',
  );
  assert.equal(
    text(on(dateTime('2024-10-27T02:30'), 'atZone(ZoneId)', on(zoned('2024-01-01T00:00Z[Europe/Paris]'), 'getZone()'))),
    '2024-10-27T02:30+02:00[Europe/Paris]',
  );
  assert.equal(
    text(on(zoned('2024-10-27T02:30+02:00[Europe/Paris]'), 'plusHours(long)', 1n)),
    '2024-10-27T02:30+01:00[Europe/Paris]',
  );
  assert.equal(
    text(on(zoned('2024-03-30T02:30+01:00[Europe/Paris]'), 'plusDays(long)', 1n)),
    '2024-03-31T03:30+02:00[Europe/Paris]',
  );
});

test('an offset in the text decides the instant and the region the clock', () => {
  assert.equal(text(zoned('2024-06-01T10:00+05:00[Europe/Paris]')), '2024-06-01T07:00+02:00[Europe/Paris]');
  assert.equal(text(zoned('2024-02-29T13:45:30Z')), '2024-02-29T13:45:30Z');
  fails(() => zoned('2024-02-29T13:45:30'), 'DateTimeParseException');
  fails(() => zoned('2024-02-29T13:45:30Z[Nope/Town]'), 'DateTimeParseException');
});

test('patterns print every letter as java does', () => {
  const value = zoned('2024-07-01T10:05:09.123+02:00[Europe/Paris]');
  const printed = (letters: string) => on(value, 'format(DateTimeFormatter)', pattern(letters));
  assert.equal(printed('EEEE, d MMMM uuuu'), 'Monday, 1 July 2024');
  assert.equal(printed("yyyyMMdd'T'HHmmss.SSS"), '20240701T100509.123');
  assert.equal(printed('h:mm a z zzzz'), '10:05 AM CEST Central European Summer Time');
  assert.equal(printed('VV X XXX Z O x'), 'Europe/Paris +02 +02:00 +0200 GMT+2 +02');
  assert.equal(printed('D e w W Q QQQ QQQQ G'), '183 2 27 1 3 Q3 3rd quarter AD');
  for (const bad of ['foo', "'open", 'ddd', 'yyyyyyyyyyyyyyyyyyyy', '#', '{'])
    fails(() => pattern(bad), 'IllegalArgumentException');
});

test('numbers that touch share their digits when parsed', () => {
  const parsed = (value: string, letters: string) =>
    text(call('java.time.LocalDateTime', 'parse(CharSequence,DateTimeFormatter)', value, pattern(letters)));
  assert.equal(parsed('20240229134530123', 'yyyyMMddHHmmssSSS'), '2024-02-29T13:45:30.123');
  assert.equal(parsed('1/2/24 1:05 PM', 'd/M/yy h:mm a'), '2024-02-01T13:05');
  assert.equal(parsed('2023-02-31 24:00', 'yyyy-MM-dd HH:mm'), '2023-03-01T00:00');
  fails(() => parsed('Monday 2024-02-29 00:00', 'EEEE yyyy-MM-dd HH:mm'), 'DateTimeParseException');
  fails(() => parsed('2024-02-29', 'yyyy-MM-dd'), 'DateTimeParseException');
});

test('the iso constants and rfc 1123 print and read', () => {
  const value = zoned('2024-02-09T13:45:30+01:00');
  const printed = (name: string) => on(value, 'format(DateTimeFormatter)', constant(FORMATTER, name));
  assert.equal(printed('ISO_OFFSET_DATE_TIME'), '2024-02-09T13:45:30+01:00');
  assert.equal(printed('ISO_INSTANT'), '2024-02-09T12:45:30Z');
  assert.equal(printed('ISO_WEEK_DATE'), '2024-W06-5+01:00');
  assert.equal(printed('BASIC_ISO_DATE'), '20240209+0100');
  assert.equal(printed('RFC_1123_DATE_TIME'), 'Fri, 9 Feb 2024 13:45:30 +0100');
  const read = call(
    'java.time.ZonedDateTime',
    'parse(CharSequence,DateTimeFormatter)',
    'Fri, 9 Feb 2024 13:45:30 GMT',
    constant(FORMATTER, 'RFC_1123_DATE_TIME'),
  );
  assert.equal(text(read), '2024-02-09T13:45:30Z');
});

test('a field that a value lacks is an error', () => {
  fails(() => on(date('2024-02-29'), 'format(DateTimeFormatter)', pattern('HH')), 'UnsupportedTemporalTypeException');
  fails(() => on(date('2024-02-29'), 'plus(long,TemporalUnit)', 1n, unit('HOURS')), 'UnsupportedTemporalTypeException');
});

test('now is the clock of the environment', () => {
  assert.equal(text(call('java.time.LocalDateTime', 'now()')), '2024-02-29T12:45:30.123');
  assert.equal(text(make('java.util.Date', '()')), 'Thu Feb 29 12:45:30 UTC 2024');
  assert.equal(call('java.lang.System', 'currentTimeMillis()'), 1_709_210_730_123n);
});

const simpleFormat = (letters: string) => make('java.text.SimpleDateFormat', '(String)', letters);

test('simple date formats are lenient and ignore what follows', () => {
  const parsed = (letters: string, value: string) => text(on(simpleFormat(letters), 'parse(String)', value));
  assert.equal(parsed('yyyy-MM-dd', '2024-02-31'), 'Sat Mar 02 00:00:00 UTC 2024');
  assert.equal(parsed('yyyy-MM-dd', '2024-02-29xyz'), 'Thu Feb 29 00:00:00 UTC 2024');
  assert.equal(parsed('dd/MM/yy', '29/02/24'), 'Thu Feb 29 00:00:00 UTC 2024');
  assert.equal(parsed("yyyy-MM-dd'T'HH:mm:ssX", '2024-02-29T13:45:30+01:00'), 'Thu Feb 29 12:45:30 UTC 2024');
  fails(() => parsed('yyyy-MM-dd', 'x'), 'ParseException');
  fails(() => simpleFormat('b'), 'IllegalArgumentException');
  const instant = make('java.util.Date', '(long)', 1_700_000_000_000n);
  assert.equal(
    on(simpleFormat("EEE, d MMM yyyy HH:mm:ss.SSS 'o''clock' Z"), 'format(Date)', instant),
    "Tue, 14 Nov 2023 22:13:20.000 o'clock +0000",
  );
});

test('old dates are read in many shapes', () => {
  const millis = (value: string) => call('java.util.Date', 'parse(String)', value);
  assert.equal(millis('Sat, 12 Aug 1995 13:30:00 GMT+0430'), 808_218_000_000n);
  assert.equal(millis('12 Aug 1995 13:30:00 EST'), 808_252_200_000n);
  assert.equal(millis('1/2/99'), 915_235_200_000n);
  for (const bad of ['', 'x', '2024-02-29', '12']) fails(() => millis(bad), 'IllegalArgumentException');
});
