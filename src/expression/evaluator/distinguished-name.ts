import { decodeDer, hexValue, type NameValue } from './name-value.ts';

/** One `CN=…` of a name. */
export interface NameAttribute {
  /** Dotted; a keyword without a number stays itself, in upper case. */
  readonly type: string;
  readonly value: NameValue;
}

/** A part of a name: one attribute, or several joined by `+`. */
export type NamePart = readonly NameAttribute[];

/** Keywords of X.509 names that Java, OpenSSL and the gateway accept, in upper case. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['CN', '2.5.4.3'],
  ['SN', '2.5.4.4'],
  ['SURNAME', '2.5.4.4'],
  ['SERIALNUMBER', '2.5.4.5'],
  ['C', '2.5.4.6'],
  ['L', '2.5.4.7'],
  ['ST', '2.5.4.8'],
  ['S', '2.5.4.8'],
  ['STREET', '2.5.4.9'],
  ['O', '2.5.4.10'],
  ['OU', '2.5.4.11'],
  ['T', '2.5.4.12'],
  ['TITLE', '2.5.4.12'],
  ['DESCRIPTION', '2.5.4.13'],
  ['BUSINESSCATEGORY', '2.5.4.15'],
  ['POSTALADDRESS', '2.5.4.16'],
  ['POSTALCODE', '2.5.4.17'],
  ['TELEPHONENUMBER', '2.5.4.20'],
  ['NAME', '2.5.4.41'],
  ['GN', '2.5.4.42'],
  ['GIVENNAME', '2.5.4.42'],
  ['INITIALS', '2.5.4.43'],
  ['GENERATION', '2.5.4.44'],
  ['GENERATIONQUALIFIER', '2.5.4.44'],
  ['UNIQUEIDENTIFIER', '2.5.4.45'],
  ['X500UNIQUEIDENTIFIER', '2.5.4.45'],
  ['DNQ', '2.5.4.46'],
  ['DNQUALIFIER', '2.5.4.46'],
  ['DMDNAME', '2.5.4.54'],
  ['PSEUDONYM', '2.5.4.65'],
  ['ROLE', '2.5.4.72'],
  ['ORGANIZATIONIDENTIFIER', '2.5.4.97'],
  ['UID', '0.9.2342.19200300.100.1.1'],
  ['DC', '0.9.2342.19200300.100.1.25'],
  ['E', '1.2.840.113549.1.9.1'],
  ['EMAIL', '1.2.840.113549.1.9.1'],
  ['EMAILADDRESS', '1.2.840.113549.1.9.1'],
  ['UNSTRUCTUREDNAME', '1.2.840.113549.1.9.2'],
  ['UNSTRUCTUREDADDRESS', '1.2.840.113549.1.9.8'],
  ['NAMEATBIRTH', '1.3.36.8.3.14'],
  ['IP', '1.3.6.1.4.1.42.2.11.2.1'],
  ['JURISDICTIONL', '1.3.6.1.4.1.311.60.2.1.1'],
  ['JURISDICTIONLOCALITYNAME', '1.3.6.1.4.1.311.60.2.1.1'],
  ['JURISDICTIONST', '1.3.6.1.4.1.311.60.2.1.2'],
  ['JURISDICTIONSTATEORPROVINCENAME', '1.3.6.1.4.1.311.60.2.1.2'],
  ['JURISDICTIONC', '1.3.6.1.4.1.311.60.2.1.3'],
  ['JURISDICTIONCOUNTRYNAME', '1.3.6.1.4.1.311.60.2.1.3'],
  ['DATEOFBIRTH', '1.3.6.1.5.5.7.9.1'],
  ['PLACEOFBIRTH', '1.3.6.1.5.5.7.9.2'],
  ['GENDER', '1.3.6.1.5.5.7.9.3'],
  ['COUNTRYOFCITIZENSHIP', '1.3.6.1.5.5.7.9.4'],
  ['COUNTRYOFRESIDENCE', '1.3.6.1.5.5.7.9.5'],
]);

/** Attributes that Java writes by keyword in RFC 2253; others by number, with the value in hexadecimal digits. */
const WRITTEN: ReadonlyMap<string, string> = new Map(
  ['CN', 'C', 'L', 'ST', 'O', 'OU', 'STREET', 'DC', 'UID'].map((keyword) => [TYPES.get(keyword) ?? '', keyword]),
);

/**
 * Reads a name as Envoy writes that of a certificate (RFC 2253, `CN=Zo\C3\A9,O=ACME\, Inc.`), and the older forms that
 * Java reads too: blanks around the signs, values in quotes, `;` for `,`. Parts other than `type=value` are left out.
 */
export function parseName(text: string): readonly NamePart[] {
  const parts: NameAttribute[][] = [];
  let joined = false;
  for (const [attribute, separator = ''] of attributesIn(text)) {
    const equals = attribute.indexOf('=');
    if (equals > 0) {
      const parsed = { type: typeOf(attribute.slice(0, equals)), value: parseValue(attribute.slice(equals + 1)) };
      if (joined) parts.at(-1)?.push(parsed);
      else parts.push([parsed]);
    }
    joined = separator === '+' && parts.length > 0;
  }
  return parts;
}

/** Each attribute with the sign after it: `,`, `;`, `+` or none. */
function* attributesIn(text: string): Generator<readonly [attribute: string, separator: string]> {
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === '\\') at++;
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && /[,;+]/.test(sign)) {
      yield [text.slice(start, at), sign];
      start = at + 1;
    }
  }
  yield [text.slice(start), ''];
}

function typeOf(written: string): string {
  const keyword = written.trim().toUpperCase();
  return TYPES.get(keyword) ?? keyword.replace(/^OID\./, '');
}

const QUOTED_OR_BLANK = /^[ \n]*"(.*)"[ \n]*$/s;

function parseValue(written: string): NameValue {
  const trimmed = written.replace(/^[ \n]+/, '');
  if (trimmed.startsWith('#')) return decodeDer(trimmed.trim());
  const quoted = QUOTED_OR_BLANK.exec(trimmed)?.[1];
  return { text: quoted === undefined ? plainText(trimmed, true) : plainText(quoted, false).trim(), der: undefined };
}

/** `\,` is the sign, `\C3\A9` are bytes of UTF-8. `trims`: removes blanks at the end, unless they are escaped. */
function plainText(written: string, trims: boolean): string {
  let text = '';
  let kept = 0;
  for (let at = 0; at < written.length; ) {
    if (written.charAt(at) !== '\\' || at + 1 === written.length) {
      const run = /[^\\]+|\\$/y;
      run.lastIndex = at;
      const plain = run.exec(written)?.[0] ?? '';
      const length = text.length + plain.length;
      text += plain;
      if (/[^ ]/.test(plain)) kept = length - (plain.length - plain.trimEnd().length);
      at += plain.length;
      continue;
    }
    const pairs = /(?:\\[0-9a-fA-F]{2})+/y;
    pairs.lastIndex = at;
    const bytes = pairs.exec(written)?.[0];
    text +=
      bytes === undefined ? written.charAt(at + 1) : Buffer.from(bytes.replaceAll('\\', ''), 'hex').toString('utf8');
    kept = text.length;
    at += bytes?.length ?? 2;
  }
  return trims ? text.slice(0, Math.max(kept, 0)) : text;
}

/** The name as java.security.Principal.getName() gives it. */
export function nameText(parts: readonly NamePart[]): string {
  return parts.map((part) => part.map(attributeText).join('+')).join(',');
}

function attributeText({ type, value }: NameAttribute): string {
  const keyword = WRITTEN.get(type) ?? type;
  const isText = value.text !== undefined && !/^[0-9]/.test(keyword);
  return `${keyword}=${isText ? escapeRfc2253(value.text) : hexValue(type, value)}`;
}

const escapeRfc2253 = (text: string) =>
  text
    .replace(/[,=+<>#;"\\]/g, '\\$&')
    .replaceAll('\0', '\\00')
    .replace(/^[ \r]+|(?<![ \r])[ \r]+$/g, (blanks) => blanks.replace(/./gs, '\\$&'));
