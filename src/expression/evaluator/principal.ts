import { LookupEntries } from '../functions/index.ts';
import { JavaList, JavaMap, type Value } from '../value.ts';
import { type Bean, bean, beanType, type ReadProperty } from './bean.ts';

/** The gateway's names for the attributes of a distinguished name. */
const names: Readonly<Record<string, string>> = {
  businessCategory: 'businesscategory',
  c: 'c',
  cn: 'cn',
  countryOfCitizenship: 'countryofcitizenship',
  countryOfResidence: 'countryofresidence',
  dateOfBirth: 'dateofbirth',
  dc: 'dc',
  description: 'description',
  dmdName: 'dmdname',
  dnQualifier: 'dnqualifier',
  e: 'e',
  emailAddress: 'emailaddress',
  gender: 'gender',
  generation: 'generation',
  givenname: 'givenname',
  initials: 'initials',
  l: 'l',
  name: 'name',
  nameAtBirth: 'nameatbirth',
  o: 'o',
  organizationIdentifier: 'organizationidentifier',
  ou: 'ou',
  placeOfBirth: 'placeofbirth',
  postalAddress: 'postaladdress',
  postalCode: 'postalcode',
  pseudonym: 'pseudonym',
  role: 'role',
  serialnumber: 'serialnumber',
  st: 'st',
  street: 'street',
  surname: 'surname',
  telephoneNumber: 'telephonenumber',
  t: 't',
  uid: 'uid',
  uniqueIdentifier: 'uniqueidentifier',
  unstructuredAddress: 'unstructuredaddress',
};

interface Principal {
  readonly dn: string | null;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

const type = beanType<Principal>('request.ssl principal', {
  ...Object.fromEntries(
    Object.entries(names).map(([property, key]) => [
      property,
      ({ dn, attributes }: Principal): Value => attributes.get(key)?.[0] ?? (dn === null ? '' : null),
    ]),
  ),
  dn: ({ dn }) => dn ?? '',
  defined: ({ dn }) => dn !== null,
  isDefined: ({ dn }) => dn !== null,
  attributes: ({ attributes }) => byName(attributes),
});

/** The certificate's names of one end of the connection; every name is empty where there is no certificate. */
export function principal(name: string | null): Bean {
  if (name === null) return bean(type, none);
  const parts = parseName(name);
  const attributes = new Map<string, string[]>();
  for (const [key, value] of parts) push(attributes, key.toLowerCase(), value);
  return bean(type, { dn: parts.map(([key, , text]) => `${key.toUpperCase()}=${text}`).join(','), attributes });
}

const none: Principal = { dn: null, attributes: new Map() };

function push(attributes: Map<string, string[]>, name: string, value: string): void {
  const values = attributes.get(name);
  if (values === undefined) attributes.set(name, [value]);
  else values.push(value);
}

/** The one gateway class whose methods may all be called. */
export function principalMethod(value: Bean, name: string): ReadProperty<unknown> | undefined {
  const isGetter = name === 'isDefined' || (/^get[A-Z]/.test(name) && !/Defined$/.test(name));
  return value.type === type && isGetter ? value.type.properties.get(name) : undefined;
}

/** A map of attributes has each of them under its number too. */
const numbers: ReadonlyMap<string, string> = new Map([
  ['cn', '2.5.4.3'],
  ['ou', '2.5.4.11'],
  ['o', '2.5.4.10'],
  ['c', '2.5.4.6'],
  ['l', '2.5.4.7'],
  ['st', '2.5.4.8'],
  ['street', '2.5.4.9'],
  ['serialnumber', '2.5.4.5'],
  ['t', '2.5.4.12'],
  ['dc', '0.9.2342.19200300.100.1.25'],
  ['uid', '0.9.2342.19200300.100.1.1'],
]);

/** `attributes['OU'][0]`: names in any case, or as numbers. */
function byName(attributes: ReadonlyMap<string, readonly string[]>): JavaMap {
  const all = new Map<string, readonly string[]>();
  const names: string[] = [];
  for (const [name, values] of attributes) {
    const number = numbers.get(name);
    for (const key of number === undefined ? [name.toUpperCase()] : [number, name.toUpperCase()]) {
      names.push(key);
      all.set(key.toLowerCase(), values);
    }
  }
  const has = (name: string) => all.has(name.toLowerCase());
  const get = (name: string): Value => new JavaList(all.get(name.toLowerCase()) ?? []);
  return new JavaMap(new LookupEntries({ names: () => names, has, get }), 'map', true);
}

/** RFC 2253, `CN=John Doe, OU=a\\, b`: names with their values, plain and as they are written. */
function parseName(dn: string): readonly (readonly [name: string, value: string, text: string])[] {
  const parts: [string, string, string][] = [];
  for (const part of dn.match(/(?:\\.|"[^"]*"|[^,+\\"])+/g) ?? []) {
    const equals = part.indexOf('=');
    if (equals === -1) continue;
    const text = part.slice(equals + 1).trim();
    parts.push([part.slice(0, equals).trim(), text.replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1'), text]);
  }
  return parts;
}
