import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, constant, double, fails, make, objects, on, text } from './java-calls.ts';

const decimalFormat = (pattern: string) => make('java.text.DecimalFormat', '(String)', pattern);
const formatted = (pattern: string, value: number) => on(decimalFormat(pattern), 'format(double)', double(value));

test('decimal formats round the exact value to even', () => {
  assert.equal(formatted('0.00', 1.005), '1.00');
  assert.equal(formatted('0', 2.5), '2');
  assert.equal(formatted('0.0', 0.25), '0.2');
  assert.equal(formatted('#.##', 3.14559), '3.15');
});

test('decimal formats group quote and scale', () => {
  assert.equal(formatted('#,##0.00', 1_234_567.891), '1,234,567.89');
  assert.equal(formatted('00.0%', 0.256), '25.6%');
  assert.equal(formatted("'#'0", 5), '#5');
  assert.equal(formatted('0.00;(0.00)', -5), '(5.00)');
  assert.equal(formatted('##0.##E0', 12_345), '12.345E3');
  assert.equal(formatted('0', -0.4), '-0');
  for (const bad of ['0.0.0', '0#', "0'a"]) fails(() => decimalFormat(bad), 'IllegalArgumentException');
});

test('numbers are parsed as far as they reach', () => {
  const parsed = (pattern: string, value: string) => text(on(decimalFormat(pattern), 'parse(String)', value));
  assert.equal(parsed('#,##0.###', '1,234.5x'), '1234.5');
  assert.equal(parsed('#', '12abc'), '12');
  assert.equal(parsed('#%', '50%'), '0.5');
  fails(() => parsed('#', 'abc'), 'ParseException');
});

test('locales bring their separators', () => {
  const german = call('java.text.NumberFormat', 'getInstance(Locale)', constant('java.util.Locale', 'GERMANY'));
  assert.equal(on(german, 'format(double)', double(1234.5)), '1.234,5');
  const money = call('java.text.NumberFormat', 'getCurrencyInstance()');
  assert.equal(on(money, 'format(double)', double(-1234.5)), '-$1,234.50');
});

test('messages take numbers dates and choices', () => {
  const message = (pattern: string, ...values: unknown[]) =>
    call('java.text.MessageFormat', 'format(String,Object[])', pattern, objects(...values));
  assert.equal(
    message("it''s {0}, '{0}' and {1}", 'x', double(1234.5)),
    "it's x, {0} and {1}".replace('{1}', '1,234.5'),
  );
  assert.equal(message('{0,number,#.#} {0,number,percent} {2}', double(0.25), 1), '0.2 25% {2}');
  assert.equal(message('{0,choice,0#none|1#one|1<many}', 3), 'many');
  fails(() => message('{x}', 1), 'IllegalArgumentException');
});

test('base64 is strict unless mime', () => {
  const encoder = call('java.util.Base64', 'getUrlEncoder()');
  assert.equal(on(on(encoder, 'withoutPadding()'), 'encodeToString(byte[])', on('a?', 'getBytes()')), 'YT8');
  const decode = (kind: string, value: string) => text(on(call('java.util.Base64', kind), 'decode(String)', value));
  assert.equal(decode('getDecoder()', 'aGk='), '104,105');
  assert.equal(decode('getDecoder()', 'aGk'), '104,105');
  assert.equal(decode('getMimeDecoder()', 'aG\r\nk='), '104,105');
  for (const bad of ['***', 'a', 'aGk==', 'aGk=x', 'aG\nk='])
    fails(() => decode('getDecoder()', bad), 'IllegalArgumentException');
});

test('url coding is that of forms', () => {
  const encode = (value: string) => call('java.net.URLEncoder', 'encode(String,String)', value, 'UTF-8');
  const decode = (value: string) => call('java.net.URLDecoder', 'decode(String,String)', value, 'UTF-8');
  assert.equal(encode('a b/é~*'), 'a+b%2F%C3%A9%7E*');
  assert.equal(decode('a+b%2F%C3%A9'), 'a b/é');
  for (const bad of ['100%', '%zz', '%4']) fails(() => decode(bad), 'IllegalArgumentException');
});
