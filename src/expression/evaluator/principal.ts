import { LookupEntries } from '../functions/index.ts';
import { JavaList, JavaMap, type Value } from '../value.ts';
import { type Bean, bean, beanType, type ReadProperty } from './bean.ts';
import { type NamePart, nameText, parseName } from './distinguished-name.ts';
import { attributeBytes, shownValue } from './name-value.ts';

/** The properties of the gateway's distinguished names, and the attribute that each reads. */
const types: Readonly<Record<string, string>> = {
  businessCategory: '2.5.4.15',
  c: '2.5.4.6',
  cn: '2.5.4.3',
  countryOfCitizenship: '1.3.6.1.5.5.7.9.4',
  countryOfResidence: '1.3.6.1.5.5.7.9.5',
  dateOfBirth: '1.3.6.1.5.5.7.9.1',
  dc: '0.9.2342.19200300.100.1.25',
  description: '2.5.4.13',
  dmdName: '2.5.4.54',
  dnQualifier: '2.5.4.46',
  e: '1.2.840.113549.1.9.1',
  emailAddress: '1.2.840.113549.1.9.1',
  gender: '1.3.6.1.5.5.7.9.3',
  generation: '2.5.4.44',
  givenname: '2.5.4.42',
  initials: '2.5.4.43',
  l: '2.5.4.7',
  name: '2.5.4.41',
  nameAtBirth: '1.3.36.8.3.14',
  o: '2.5.4.10',
  organizationIdentifier: '2.5.4.97',
  ou: '2.5.4.11',
  placeOfBirth: '1.3.6.1.5.5.7.9.2',
  postalAddress: '2.5.4.16',
  postalCode: '2.5.4.17',
  pseudonym: '2.5.4.65',
  role: '2.5.4.72',
  serialnumber: '2.5.4.5',
  st: '2.5.4.8',
  street: '2.5.4.9',
  surname: '2.5.4.4',
  telephoneNumber: '2.5.4.20',
  t: '2.5.4.12',
  uid: '0.9.2342.19200300.100.1.1',
  uniqueIdentifier: '2.5.4.45',
  unstructuredAddress: '1.2.840.113549.1.9.8',
};

/** Names that a map of attributes accepts besides the numbers. */
const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'E'],
  ['1.2.840.113549.1.9.2', 'unstructuredName'],
  ['1.2.840.113549.1.9.8', 'unstructuredAddress'],
  ['1.3.36.8.3.14', 'NameAtBirth'],
  ['1.3.6.1.4.1.311.60.2.1.1', 'jurisdictionLocality'],
  ['1.3.6.1.4.1.311.60.2.1.2', 'jurisdictionState'],
  ['1.3.6.1.4.1.311.60.2.1.3', 'jurisdictionCountry'],
  ['1.3.6.1.5.5.7.9.1', 'DateOfBirth'],
  ['1.3.6.1.5.5.7.9.2', 'PlaceOfBirth'],
  ['1.3.6.1.5.5.7.9.3', 'Gender'],
  ['1.3.6.1.5.5.7.9.4', 'CountryOfCitizenship'],
  ['1.3.6.1.5.5.7.9.5', 'CountryOfResidence'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'T'],
  ['2.5.4.13', 'DESCRIPTION'],
  ['2.5.4.15', 'BusinessCategory'],
  ['2.5.4.16', 'PostalAddress'],
  ['2.5.4.17', 'PostalCode'],
  ['2.5.4.20', 'TelephoneNumber'],
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SURNAME'],
  ['2.5.4.41', 'Name'],
  ['2.5.4.42', 'GIVENNAME'],
  ['2.5.4.43', 'INITIALS'],
  ['2.5.4.44', 'GENERATION'],
  ['2.5.4.45', 'UniqueIdentifier'],
  ['2.5.4.46', 'DN'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.6', 'C'],
  ['2.5.4.65', 'Pseudonym'],
  ['2.5.4.7', 'L'],
  ['2.5.4.72', 'ROLE'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.97', 'organizationIdentifier'],
]);

interface Principal {
  readonly dn: string | null;
  /** What the gateway shows of each part: its first attribute. */
  readonly parts: readonly ShownPart[];
}

interface ShownPart {
  readonly types: ReadonlySet<string>;
  readonly first: string;
  readonly value: string;
}

const type = beanType<Principal>('request.ssl principal', {
  ...Object.fromEntries(
    Object.entries(types).map(([property, type]) => [
      property,
      ({ dn, parts }: Principal): Value =>
        parts.find((part) => part.types.has(type))?.value ?? (dn === null ? '' : null),
    ]),
  ),
  dn: ({ dn }) => dn ?? '',
  defined: ({ dn }) => dn !== null,
  isDefined: ({ dn }) => dn !== null,
  attributes: ({ parts }) => byName(parts),
});

/** The certificate's names of one end of the connection; every name is empty where there is no certificate. */
export function principal(name: string | null): Bean {
  if (name === null) return bean(type, none);
  const parts = parseName(name);
  return bean(type, { dn: nameText(parts), parts: parts.map(shownPart) });
}

const none: Principal = { dn: null, parts: [] };

/** The attributes of a part are sorted as their bytes are. */
function shownPart(part: NamePart): ShownPart {
  const byBytes = part
    .map((attribute) => ({ ...attribute, bytes: attributeBytes(attribute.type, attribute.value) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  const [first] = byBytes;
  return {
    types: new Set(part.map((attribute) => attribute.type)),
    first: first?.type ?? '',
    value: first === undefined ? '' : shownValue(first.type, first.value),
  };
}

/** The one gateway class whose methods may all be called. */
export function principalMethod(value: Bean, name: string): ReadProperty<unknown> | undefined {
  const isGetter = name === 'isDefined' || (/^get[A-Z]/.test(name) && !/Defined$/.test(name));
  return value.type === type && isGetter ? value.type.properties.get(name) : undefined;
}

/** `attributes['OU'][0]`: names in any case, or as numbers. */
function byName(parts: readonly ShownPart[]): JavaMap {
  const all = new Map<string, string[]>();
  const names: string[] = [];
  for (const { first, value } of parts) {
    for (const name of [first, SYMBOLS.get(first)]) {
      if (name === undefined) continue;
      const key = name.toLowerCase();
      const values = all.get(key);
      if (values !== undefined) values.push(value);
      else {
        names.push(name);
        all.set(key, [value]);
      }
    }
  }
  const has = (name: string) => all.has(name.toLowerCase());
  const get = (name: string): Value => new JavaList(all.get(name.toLowerCase()) ?? []);
  return new JavaMap(new LookupEntries({ names: () => names, has, get }), 'map', true);
}
