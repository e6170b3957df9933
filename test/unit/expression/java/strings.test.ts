import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newList } from '../../../../src/expression/value.ts';
import { call, constant, double, fails, make, objects, on, text } from './java-calls.ts';

test('substrings outside the text are an error', () => {
  assert.equal(on('POST', 'substring(int)', 4), '');
  assert.equal(on('POST', 'substring(int,int)', 1, 3), 'OS');
  for (const [begin, end] of [
    [5, 5],
    [2, 1],
    [-1, 2],
    [0, 5],
  ])
    fails(() => on('POST', 'substring(int,int)', begin, end), 'StringIndexOutOfBoundsException');
});

test('split drops empty texts at the end unless the limit says otherwise', () => {
  const split = (value: string, regex: string, limit = 0) => text(on(value, 'split(String,int)', regex, limit));
  assert.equal(split('a,b,,c,,', ','), 'a,b,,c');
  assert.equal(split('a,b,,c,,', ',', -1), 'a,b,,c,,');
  assert.equal(split('a,b,,c', ',', 2), 'a,b,,c');
  assert.equal(split('POST', ''), 'P,O,S,T');
  assert.equal(split('', ','), '');
  assert.equal(split('...', '.'), '');
  assert.equal(split('aXbxc', '(?i)x'), 'a,b,c');
});

test('replacements name groups as java does', () => {
  const replace = (value: string, regex: string, by: string) => on(value, 'replaceAll(String,String)', regex, by);
  assert.equal(replace('john doe', '(?<first>\\w+) (\\w+)', '$2 $' + '{first}$12'), 'doe johnjohn2');
  assert.equal(replace('aab', 'a*', 'x'), 'xxbx');
  assert.equal(replace('3', '3', '\\$'), '$');
  assert.equal(replace('abc', '[a-z&&[^b]]', '-'), '-b-');
  fails(() => replace('3', '3', '$'), 'IllegalArgumentException');
  fails(() => replace('3', '3', '$1'), 'IndexOutOfBoundsException');
  // The replacement is read only when something matches.
  assert.equal(replace('4', '3', '$'), '4');
});

test('patterns that cannot run in linear time are refused by name', () => {
  for (const pattern of ['(.*)\\1', '(\\w+) \\1', '\\1(a)', '(a*b)++', '(?>a*b*)']) {
    assert.throws(() => on('a', 'matches(String)', pattern), /linear time/);
  }
  for (const pattern of ['a{', '*', '(', '[a', '\\i', ')'])
    fails(() => on('a', 'matches(String)', pattern), 'PatternSyntaxException');
  assert.equal(on(`${'a'.repeat(50_000)}!`, 'matches(String)', '(a|a)*b'), false);
});

test('lookaheads at the start of a whole match are questions of their own', () => {
  const matches = (value: string, pattern: string) => on(value, 'matches(String)', pattern);
  assert.equal(matches('Passw0rd', '^(?=.*[A-Z])(?=.*\\d).{8,}$'), true);
  assert.equal(matches('password', '^(?=.*[A-Z])(?=.*\\d).{8,}$'), false);
  assert.equal(matches('/admin/x', '^(?!/admin).*$'), false);
  assert.equal(matches('/ADMIN/x', '(?i)^(?!/admin).*$'), false);
  assert.equal(matches('/store/x', '(?!/(?:admin|internal[)]))/.*'), true);
  fails(() => matches('a', '(?=a)('), 'PatternSyntaxException');
});

test('a lookahead at the end of a search does not take what it looks at', () => {
  const replace = (value: string, regex: string, by: string) => on(value, 'replaceAll(String,String)', regex, by);
  const split = (value: string, regex: string) => text(on(value, 'split(String)', regex));
  assert.equal(replace('1234567', '(\\d)(?=(\\d{3})+$)', '$1,'), '1,234,567');
  assert.equal(replace('1234567', '(?<a>\\d)(?=(?<b>\\d{3})+$)', `$\{a}<$\{b}>$2`), '1<567>567234<567>567567');
  assert.equal(split('helloWorldFoo', '(?<=[a-z])(?=[A-Z])'), 'hello,World,Foo');
  assert.equal(split('"a,b",c', ',(?=(?:[^"]*"[^"]*")*[^"]*$)'), '"a,b",c');
  assert.equal(replace('foobar foobaz foo', 'foo(?!bar)', 'X'), 'foobar Xbaz X');
  assert.equal(replace('a-b a&b ab', 'a(?![-&])', 'X'), 'a-b a&b Xb');
  assert.equal(replace('aaa', 'a*(?=a)', 'X'), 'XXa');
  assert.throws(() => replace('abc', '(?<=(a))b', '$1'), /look-behind/);
  fails(() => replace('1234', '(\\d)(?=(\\d{3})+$)', '$3'), 'IndexOutOfBoundsException');
});

test('the flag i is about ascii and with u about all letters', () => {
  const matches = (value: string, pattern: string) => on(value, 'matches(String)', pattern);
  for (const pattern of ['(?i)é', '(?i)[é]', '(?i:é)', '(?iu)(?-u)é', '(?u)é'])
    assert.equal(matches('É', pattern), false);
  for (const pattern of ['(?iu)é', '(?i)(?u)é', '(?u)(?i)[é]', '(?iu:é)']) assert.equal(matches('É', pattern), true);
  assert.equal(matches('aBC', 'a(?i)[b-c]\\QC\\E'), true);
  assert.equal(matches('AB', '(?i)a(?-i)b'), false);
  assert.equal(matches('\u212a', '(?i)k'), false);
  assert.equal(matches('A', '(?i)\\p{Lower}'), true);
  for (const flag of ['U', 'c']) assert.throws(() => matches('a', `(?${flag})a`), /flag . is not supported/);
});

test('java classes keep their java meaning', () => {
  const matches = (value: string, pattern: string) => on(value, 'matches(String)', pattern);
  assert.equal(matches('\u000b', '\\s'), true);
  assert.equal(matches('\u2028', '.'), false);
  assert.equal(matches('é', '\\w'), false);
  assert.equal(matches('é', '\\p{L}'), true);
  assert.equal(matches('\r\n', '\\R'), true);
  assert.equal(matches('A', '\\p{Upper}'), true);
  assert.equal(matches('a.b', '\\Qa.b\\E'), true);
  assert.equal(matches('A', '\\u0041'), true);
});

const format = (pattern: string, ...values: unknown[]) =>
  call('java.lang.String', 'format(String,Object[])', pattern, objects(...values));

test('format writes numbers as the formatter of java', () => {
  assert.equal(format('%.2f|%.1f|%.0f', double(1.005), double(0.25), double(2.5)), '1.01|0.3|3');
  assert.equal(format('%,d|%05d|%+d|%(d|%x', 1_234_567, -42, 5, -5, -1), '1,234,567|-0042|+5|(5)|ffffffff');
  assert.equal(format('%e|%.3g|%a', double(12345.678), double(0.00012345), double(1)), '1.234568e+04|0.000123|0x1.0p0');
  assert.equal(format('%-5s|%5.2s|%S', 'ab', 'abc', 'x'), 'ab   |   ab|X');
  assert.equal(format('%2$s %1$s %<s %s', 'a', 'b'), 'b a a a');
  assert.equal(format('%s %b %c %h %n%%', null, null, 65, 'hi'), 'null false A d01 \n%');
  assert.equal(format('%tF %<tT', make('java.util.Date', '(long)', 1_700_000_000_000n)), '2023-11-14 22:13:20');
  const french = call(
    'java.lang.String',
    'format(Locale,String,Object[])',
    constant('java.util.Locale', 'GERMANY'),
    '%,.2f',
    objects(double(1234.5)),
  );
  assert.equal(french, '1.234,50');
});

test('format refuses what java refuses', () => {
  fails(() => format('%d', 'a'), 'IllegalFormatConversionException');
  fails(() => format('%d', double(5.5)), 'IllegalFormatConversionException');
  fails(() => format('%s %s', 'a'), 'MissingFormatArgumentException');
  fails(() => format('%q', 'a'), 'UnknownFormatConversionException');
  fails(() => format('%-d', 5), 'MissingFormatWidthException');
  fails(() => format('%.2d', 5), 'IllegalFormatPrecisionException');
});

test('texts cannot grow without end', () => {
  fails(() => on('ab', 'repeat(int)', 2_000_000_000), 'OutOfMemoryError');
  fails(() => format('%2000000000d', 5), 'OutOfMemoryError');
  fails(() => format('%.2000000000f', double(1)), 'OutOfMemoryError');
  fails(() => on('a'.repeat(2000), 'replace(CharSequence,CharSequence)', '', 'x'.repeat(20_000)), 'OutOfMemoryError');
  fails(() => on('a', 'indent(int)', 2_000_000_000), 'OutOfMemoryError');
});

test('blanks case and lines are java s', () => {
  assert.equal(on('\u00a0x ', 'trim()'), '\u00a0x');
  assert.equal(on('\u2003x\u2003', 'strip()'), 'x');
  assert.equal(on('\u00a0', 'isBlank()'), false);
  assert.equal(on('àéß', 'toUpperCase()'), 'ÀÉSS');
  assert.equal(on('Straße', 'equalsIgnoreCase(String)', 'STRASSE'), false);
  assert.equal(on('a', 'compareTo(String)', 'c'), -2);
  assert.equal(on('a\nb', 'indent(int)', 2), '  a\n  b\n');
  assert.equal(on('hello', 'hashCode()'), 99162322);
});

test('bytes are signed and charsets replace what they lack', () => {
  assert.equal(text(on('é', 'getBytes()')), '-61,-87');
  assert.equal(text(on('é日', 'getBytes(String)', 'ISO-8859-1')), '-23,63');
  assert.equal(text(on('a', 'getBytes(String)', 'UTF-16')), '-2,-1,0,97');
  fails(() => on('a', 'getBytes(String)', 'nope'), 'UnsupportedEncodingException');
  assert.equal(make('java.lang.String', '(byte[],String)', on('é', 'getBytes()'), 'UTF-8'), 'é');
});

test('only texts are joined', () => {
  assert.equal(call('java.lang.String', 'join(CharSequence,Iterable)', '-', newList(['a', null, 'b'])), 'a-null-b');
  fails(() => call('java.lang.String', 'join(CharSequence,Iterable)', '-', newList([1])), 'ClassCastException');
});
