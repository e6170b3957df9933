import { JavaChar } from '../boxes.ts';
import { JavaComparator } from '../comparator.ts';
import { defineType, type JavaEnvironment } from '../descriptor.ts';
import { doubleToString, floatToString } from '../double-text.ts';
import { JavaException } from '../java-exception.ts';
import { limitText } from '../limits.ts';
import type { JavaLocale } from '../locale.ts';
import { javaText, listItems } from '../object.ts';
import { charsetOf, decodeBytes, encodeText, type JavaCharset, UTF_8 } from '../text/charset.ts';
import { formatValue } from '../text/format-value.ts';
import { formatText } from '../text/formatter.ts';
import { compileRegex } from '../text/regex/index.ts';
import { replace, split } from '../text/regex/replace.ts';
import * as strings from '../text/strings.ts';
import { includesText } from '../text/text-search.ts';

const { requireText } = strings;

const format = (
  environment: JavaEnvironment,
  locale: JavaLocale | null,
  text: string | null,
  values: readonly unknown[] | null,
) => formatText(requireText(text, 'format'), (values ?? [null]).map(formatValue), locale?.tag ?? 'en-US', environment);

const US = null;

/** Only texts are joined; a number among them is an error. */
function sequenceText(item: unknown): string {
  if (item === null || typeof item === 'string') return item ?? 'null';
  throw new JavaException('ClassCastException', 'only texts can be joined');
}

function join(delimiter: string | null, items: readonly unknown[]): string {
  const texts = items.map(sequenceText);
  limitText(texts.reduce((sum, text) => sum + text.length + (delimiter?.length ?? 0), 0));
  return texts.join(requireText(delimiter, 'delimiter'));
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new JavaException('ClassCastException', 'the argument cannot be cast to class java.lang.String');
}

const fromCodes = (codes: readonly number[]) => codes.map((code) => String.fromCharCode(code)).join('');

function fromSlice(codes: readonly number[] | null, offset: number, count: number): string {
  const given = notNull(codes);
  strings.checkRange(offset, count, given.length);
  return fromCodes(given.slice(offset, offset + count));
}

function fromBytes(bytes: readonly number[] | null, offset: number, count: number, charset: JavaCharset): string {
  const given = notNull(bytes);
  strings.checkRange(offset, count, given.length);
  return decodeBytes(given.slice(offset, offset + count), charset);
}

function notNull<T>(value: T | null): T {
  if (value === null)
    throw new JavaException('NullPointerException', 'Cannot read the array length because "value" is null');
  return value;
}

const upper = (text: string, locale: JavaLocale | null) => text.toLocaleUpperCase(locale?.tag ?? 'en-US');
const lower = (text: string, locale: JavaLocale | null) => text.toLocaleLowerCase(locale?.tag ?? 'en-US');

const codeIndex =
  (find: (text: string, wanted: string, from: number) => number) => (text: string, code: number, from: number) => {
    const wanted = strings.codePointText(code);
    return wanted === undefined ? -1 : find(text, wanted, from);
  };

const indexOfCode = codeIndex(strings.indexOf);
const lastIndexOfCode = codeIndex(strings.lastIndexOf);

const startsWith = (text: string, prefix: string | null, offset: number) =>
  offset >= 0 && offset <= text.length && text.startsWith(requireText(prefix, 'prefix'), offset);

const text = (value: string | null) => requireText(value, 'str');

export const STRING = defineType('java.lang.String', {
  supertypes: ['CharSequence', 'Comparable'],
  constants: {
    CASE_INSENSITIVE_ORDER: new JavaComparator((a, b) => strings.compareIgnoringCase(asText(a), asText(b))),
  },
  constructors: {
    '()': () => '',
    '(byte[])': (bytes: readonly number[] | null) => decodeBytes(notNull(bytes), UTF_8),
    '(char[])': (codes: readonly number[] | null) => fromCodes(notNull(codes)),
    '(String)': text,
    '(char[],int,int)': fromSlice,
    '(int[],int,int)': (codes: readonly number[], offset: number, count: number) => {
      strings.checkRange(offset, count, codes.length);
      return codes
        .slice(offset, offset + count)
        .map((code) => strings.codePointText(code) ?? invalidCodePoint(code))
        .join('');
    },
    '(byte[],String)': (bytes: readonly number[] | null, name: string | null) =>
      decodeBytes(notNull(bytes), charsetOf(requireText(name, 'charsetName'))),
    '(byte[],Charset)': (bytes: readonly number[] | null, charset: JavaCharset) => decodeBytes(notNull(bytes), charset),
    '(byte[],int,int)': (bytes: readonly number[] | null, offset: number, count: number) =>
      fromBytes(bytes, offset, count, UTF_8),
    '(byte[],int,int,String)': (bytes: readonly number[] | null, offset: number, count: number, name: string) =>
      fromBytes(bytes, offset, count, charsetOf(name)),
    '(byte[],int,int,Charset)': fromBytes,
    '(byte[],int)': (bytes: readonly number[], high: number) =>
      fromCodes(bytes.map((byte) => (byte & 255) | ((high & 255) << 8))),
    '(byte[],int,int,int)': (bytes: readonly number[], high: number, offset: number, count: number) => {
      strings.checkRange(offset, count, bytes.length);
      return fromCodes(bytes.slice(offset, offset + count).map((byte) => (byte & 255) | ((high & 255) << 8)));
    },
  },
  statics: {
    'valueOf(char[])': (codes: readonly number[] | null) => fromCodes(notNull(codes)),
    'valueOf(Object)': javaText,
    'valueOf(char[],int,int)': fromSlice,
    'valueOf(boolean)': String,
    'valueOf(char)': (code: number) => String.fromCharCode(code),
    'valueOf(int)': String,
    'valueOf(long)': String,
    'valueOf(float)': floatToString,
    'valueOf(double)': doubleToString,
    'copyValueOf(char[])': (codes: readonly number[] | null) => fromCodes(notNull(codes)),
    'copyValueOf(char[],int,int)': fromSlice,
    '@format(String,Object...)': (env: JavaEnvironment, pattern: string | null, values: readonly unknown[] | null) =>
      format(env, US, pattern, values),
    '@format(Locale,String,Object...)': format,
    'join(CharSequence,CharSequence...)': (delimiter: string | null, items: readonly unknown[] | null) =>
      join(delimiter, notNull(items)),
    'join(CharSequence,Iterable)': (delimiter: string | null, items: unknown) => join(delimiter, listItems(items)),
  },
  methods: {
    'length():int': (s: string) => s.length,
    'isEmpty():boolean': (s: string) => s === '',
    'isBlank():boolean': strings.isBlank,
    'charAt(int):char': strings.charAt,
    'codePointAt(int):int': strings.codePointAt,
    'codePointBefore(int):int': strings.codePointBefore,
    'codePointCount(int,int):int': strings.codePointCount,
    'offsetByCodePoints(int,int):int': strings.offsetByCodePoints,
    'substring(int)': (s: string, begin: number) => strings.substring(s, begin),
    'substring(int,int)': strings.substring,
    'subSequence(int,int)': strings.substring,
    'indexOf(String):int': (s: string, wanted: string | null) => strings.indexOf(s, text(wanted), 0),
    'indexOf(String,int):int': (s: string, wanted: string | null, from: number) =>
      strings.indexOf(s, text(wanted), from),
    'indexOf(int):int': (s: string, code: number) => indexOfCode(s, code, 0),
    'indexOf(int,int):int': indexOfCode,
    'lastIndexOf(String):int': (s: string, wanted: string | null) => strings.lastIndexOf(s, text(wanted), s.length),
    'lastIndexOf(String,int):int': (s: string, wanted: string | null, from: number) =>
      strings.lastIndexOf(s, text(wanted), from),
    'lastIndexOf(int):int': (s: string, code: number) => lastIndexOfCode(s, code, s.length),
    'lastIndexOf(int,int):int': lastIndexOfCode,
    'contains(CharSequence):boolean': (s: string, wanted: string | null) => includesText(s, requireText(wanted, 's')),
    'startsWith(String):boolean': (s: string, prefix: string | null) => startsWith(s, prefix, 0),
    'startsWith(String,int):boolean': startsWith,
    'endsWith(String):boolean': (s: string, suffix: string | null) => s.endsWith(requireText(suffix, 'suffix')),
    'equalsIgnoreCase(String):boolean': strings.equalIgnoringCase,
    'contentEquals(CharSequence):boolean': (s: string, other: string | null) => s === requireText(other, 'cs'),
    'compareTo(String):int': (s: string, other: string | null) =>
      strings.compareTexts(s, requireText(other, 'anotherString')),
    'compareToIgnoreCase(String):int': (s: string, other: string | null) =>
      strings.compareIgnoringCase(s, requireText(other, 'str')),
    'regionMatches(int,String,int,int):boolean': (s: string, at: number, other: string, from: number, length: number) =>
      strings.regionMatches(s, at, other, from, length, false),
    'regionMatches(boolean,int,String,int,int):boolean': (
      s: string,
      ignoreCase: boolean,
      at: number,
      other: string,
      from: number,
      length: number,
    ) => strings.regionMatches(s, at, other, from, length, ignoreCase),
    'concat(String)': (s: string, other: string | null) => {
      limitText(s.length + text(other).length);
      return s + other;
    },
    'replace(char,char)': (s: string, from: number, to: number) =>
      s.replaceAll(String.fromCharCode(from), () => String.fromCharCode(to)),
    'replace(CharSequence,CharSequence)': (s: string, target: string | null, replacement: string | null) =>
      strings.replaceText(s, requireText(target, 'target'), requireText(replacement, 'replacement')),
    '@replaceAll(String,String)': (env: JavaEnvironment, s: string, regex: string | null, replacement: string | null) =>
      replace(s, requireText(regex, 'regex'), requireText(replacement, 'replacement'), false, env),
    '@replaceFirst(String,String)': (
      env: JavaEnvironment,
      s: string,
      regex: string | null,
      replacement: string | null,
    ) => replace(s, requireText(regex, 'regex'), requireText(replacement, 'replacement'), true, env),
    '@matches(String):boolean': (env: JavaEnvironment, s: string, regex: string | null) =>
      compileRegex(requireText(regex, 'regex')).matches(s, env),
    '@split(String):String[]': (env: JavaEnvironment, s: string, regex: string | null) =>
      split(s, requireText(regex, 'regex'), 0, env),
    '@split(String,int):String[]': (env: JavaEnvironment, s: string, regex: string | null, limit: number) =>
      split(s, requireText(regex, 'regex'), limit, env),
    'toLowerCase()': (s: string) => lower(s, US),
    'toLowerCase(Locale)': lower,
    'toUpperCase()': (s: string) => upper(s, US),
    'toUpperCase(Locale)': upper,
    'trim()': (s: string) => trim(s),
    'strip()': (s: string) => strings.stripLeading(strings.stripTrailing(s)),
    'stripLeading()': strings.stripLeading,
    'stripTrailing()': strings.stripTrailing,
    'stripIndent()': strings.stripIndent,
    'indent(int)': strings.indent,
    'repeat(int)': strings.repeat,
    'translateEscapes()': strings.translateEscapes,
    '@formatted(Object...)': (env: JavaEnvironment, s: string, values: readonly unknown[] | null) =>
      format(env, US, s, values),
    'intern()': (s: string) => s,
    'toCharArray():char[]': (s: string) => Array.from({ length: s.length }, (_, at) => s.charCodeAt(at)),
    'getBytes():byte[]': (s: string) => encodeText(s, UTF_8),
    'getBytes(String):byte[]': (s: string, name: string | null) =>
      encodeText(s, charsetOf(requireText(name, 'charsetName'))),
    'getBytes(Charset):byte[]': encodeText,
  },
});

function trim(s: string): string {
  let start = 0;
  let end = s.length;
  while (start < end && s.charCodeAt(start) <= 32) start++;
  while (end > start && s.charCodeAt(end - 1) <= 32) end--;
  return s.slice(start, end);
}

function invalidCodePoint(code: number): never {
  throw new JavaException('IllegalArgumentException', String(code));
}

/** No method of Character is allowed but those of Object; as a CharSequence it is not one either. */
export const CHARACTER = defineType('java.lang.Character', {
  supertypes: ['Comparable'],
  unwrap: (target: JavaChar) => target.code,
  constants: { MIN_VALUE: new JavaChar(0), MAX_VALUE: new JavaChar(0xffff) },
});
