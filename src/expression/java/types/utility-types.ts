import { defineType, type JavaEnvironment } from '../descriptor.ts';
import { nullPointer } from '../java-exception.ts';
import { limitText } from '../limits.ts';
import type { Meter } from '../meter.ts';
import { base64Decode, base64Encode, JavaBase64Decoder, JavaBase64Encoder } from '../text/base64.ts';
import { charsetOf, decodeBytes, encodeText, JavaCharset } from '../text/charset.ts';
import { urlDecode, urlEncode } from '../text/url-coding.ts';
import { JavaUuid } from '../uuid.ts';

export const BASE64 = defineType('java.util.Base64', {
  statics: {
    'getEncoder()': () => new JavaBase64Encoder(false),
    'getUrlEncoder()': () => new JavaBase64Encoder(true),
    'getMimeEncoder()': () => new JavaBase64Encoder(false, true, 76, '\r\n'),
    'getMimeEncoder(int,byte[])': (length: number, separator: readonly number[]) =>
      new JavaBase64Encoder(false, true, Math.max(0, Math.min(length - (length % 4), 1_000_000)), latin1(separator)),
    'getDecoder()': () => new JavaBase64Decoder(false, false),
    'getUrlDecoder()': () => new JavaBase64Decoder(true, false),
    'getMimeDecoder()': () => new JavaBase64Decoder(false, true),
  },
});

const LATIN_1 = charsetOf('ISO-8859-1');
const latin1 = (bytes: readonly number[]) => decodeBytes(bytes, LATIN_1);

function encode(encoder: JavaBase64Encoder, bytes: readonly number[] | null): string {
  if (bytes === null) throw nullPointer('src');
  limitText(bytes.length * 2);
  return base64Encode(encoder, bytes);
}

function decode(decoder: JavaBase64Decoder, text: string | null): number[] {
  if (text === null) throw nullPointer('src');
  return base64Decode(decoder, text);
}

export const BASE64_ENCODER = defineType('java.util.Base64$Encoder', {
  methods: {
    'encodeToString(byte[])': encode,
    'encode(byte[]):byte[]': (encoder: JavaBase64Encoder, bytes: readonly number[] | null) =>
      encodeText(encode(encoder, bytes), LATIN_1),
    'withoutPadding()': ({ url, lineLength, separator }: JavaBase64Encoder) =>
      new JavaBase64Encoder(url, false, lineLength, separator),
  },
});

export const BASE64_DECODER = defineType('java.util.Base64$Decoder', {
  methods: {
    'decode(String):byte[]': decode,
    'decode(byte[]):byte[]': (decoder: JavaBase64Decoder, bytes: readonly number[] | null) =>
      decode(decoder, bytes === null ? null : latin1(bytes)),
  },
});

export const SYSTEM = defineType('java.lang.System', {
  statics: {
    '@currentTimeMillis():long': (environment: JavaEnvironment) => BigInt(environment.now()),
    '@nanoTime():long': (environment: JavaEnvironment) => environment.nanoTime(),
  },
});

export const UUID = defineType('java.util.UUID', {
  supertypes: ['Comparable'],
  properties: { 'version:int': (uuid: JavaUuid) => Number.parseInt(uuid.text.charAt(14), 16) },
  statics: { '@randomUUID()': (environment: JavaEnvironment) => new JavaUuid(environment.uuid()) },
});

const required = (text: string | null, name: string) => {
  if (text === null) throw nullPointer(name);
  return text;
};

export const URL_ENCODER = defineType('java.net.URLEncoder', {
  statics: {
    '@encode(String,String)': (meter: Meter, text: string | null, charset: string | null) =>
      urlEncode(required(text, 's'), charsetOf(required(charset, 'charsetName')), meter),
  },
});

export const URL_DECODER = defineType('java.net.URLDecoder', {
  statics: {
    '@decode(String,String)': (meter: Meter, text: string | null, charset: string | null) =>
      urlDecode(required(text, 's'), charsetOf(required(charset, 'charsetName')), meter),
  },
});

export const CHARSET = defineType('java.nio.charset.Charset', {});

export const STANDARD_CHARSETS = defineType('java.nio.charset.StandardCharsets', {
  constants: {
    UTF_8: new JavaCharset('UTF-8'),
    US_ASCII: new JavaCharset('US-ASCII'),
    ISO_8859_1: new JavaCharset('ISO-8859-1'),
    UTF_16: new JavaCharset('UTF-16'),
    UTF_16BE: new JavaCharset('UTF-16BE'),
    UTF_16LE: new JavaCharset('UTF-16LE'),
  },
});
