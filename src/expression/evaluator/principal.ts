import { LookupEntries } from '../functions/index.ts';
import { JavaList, JavaMap, type Value } from '../value.ts';
import { type Bean, bean, beanType } from './bean.ts';

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
  title: 't',
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
      ({ attributes }: Principal): Value => attributes.get(key)?.[0] ?? '',
    ]),
  ),
  dn: ({ dn }) => dn ?? '',
  defined: ({ dn }) => dn !== null,
  isDefined: ({ dn }) => dn !== null,
  attributes: ({ attributes }) => caseInsensitive(attributes),
});

/** The certificate's names of one end of the connection; every name is empty where there is no certificate. */
export function principal(dn: string | null): Bean {
  return bean(type, { dn, attributes: dn === null ? new Map() : parseName(dn) });
}

/** The one gateway class whose methods may all be called. */
export const isPrincipal = (value: Bean): boolean => value.type === type;

/** `attributes['OU'][0]`: names in any case. */
function caseInsensitive(values: ReadonlyMap<string, readonly string[]>): JavaMap {
  const listOf = (name: string): Value => {
    const found = values.get(name.toLowerCase());
    return found === undefined ? null : new JavaList(found);
  };
  const has = (name: string) => values.has(name.toLowerCase());
  return new JavaMap(new LookupEntries({ names: () => [...values.keys()], has, get: listOf }), 'map', true);
}

/** RFC 2253: `CN=John Doe, OU=a\, b`. */
function parseName(dn: string): ReadonlyMap<string, readonly string[]> {
  const attributes = new Map<string, string[]>();
  for (const part of dn.match(/(?:\\.|"[^"]*"|[^,+\\"])+/g) ?? []) {
    const equals = part.indexOf('=');
    if (equals === -1) continue;
    const name = part.slice(0, equals).trim().toLowerCase();
    const value = part
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .replace(/\\(.)/g, '$1');
    const values = attributes.get(name);
    if (values === undefined) attributes.set(name, [value]);
    else values.push(value);
  }
  return attributes;
}
