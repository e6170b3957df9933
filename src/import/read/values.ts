import type { ResponseTemplate } from '../definition.ts';
import type { Report } from '../report.ts';
import type { Reader } from './reader.ts';

/** A list of `{key, value}`, or a map. Encrypted values cannot be read here. */
export function readProperties(properties: Reader, report: Report): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of properties.entries()) found.set(key, plainText(value));
  for (const property of properties.elements()) {
    const key = property.text('key', 'name');
    if (key === undefined) continue;
    if (key === '__proto__') {
      property.tell(report, 'lost', 'a property __proto__: a document here must not have this name');
      continue;
    }
    if (property.flag('encrypted') === true || property.flag('encryptable') === true) {
      const encrypted = property.flag('encrypted') === true;
      if (encrypted) {
        const what = `the value of property ${key}, which is encrypted: put it into policies.yaml`;
        property.tell(report, 'lost', what);
        continue;
      }
      report.add(
        'told',
        `property ${key}, which was to be encrypted, is in clear text`,
        `${property.path}.encryptable`,
      );
    }
    found.set(key, plainText(property.get('value')));
    if (property.flag('dynamic') === true) {
      const what = `updates of property ${key}, which is dynamic: it keeps its present value`;
      report.add('lost', what, `${property.path}.dynamic`);
    }
  }
  return found;
}

function plainText({ data }: Reader): string {
  return typeof data === 'object' ? '' : String(data ?? '');
}

/** Dictionaries belong to an environment: some tools put them into the file, the product's own export does not. */
export function readDictionaries(
  dictionaries: Reader,
  report: Report,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const found = new Map<string, ReadonlyMap<string, string>>();
  for (const [name, entries] of dictionaries.entries()) {
    const properties = entries.get('properties');
    found.set(name, readProperties(properties.isThere ? properties : entries, report));
  }
  for (const dictionary of dictionaries.elements()) {
    const name = dictionary.text('key', 'id', 'name');
    if (name === '__proto__')
      dictionary.tell(report, 'lost', 'a dictionary __proto__: a document here must not have this name');
    else if (name !== undefined) found.set(name, readProperties(dictionary.get('properties'), report));
  }
  return found;
}

export function readResponseTemplates(templates: Reader): ReadonlyMap<string, ReadonlyMap<string, ResponseTemplate>> {
  return new Map(
    templates
      .entries()
      .map(([key, byType]) => [
        key,
        new Map(byType.entries().map(([mediaType, template]) => [mediaType, readTemplate(template)])),
      ]),
  );
}

function readTemplate(template: Reader): ResponseTemplate {
  return {
    status: template.number('statusCode', 'status') ?? 500,
    headers: new Map(
      template
        .get('headers')
        .entries()
        .map(([name, value]) => [name, plainText(value)]),
    ),
    body: template.text('body'),
    propagateErrorKeyToLogs: template.flag('propagateErrorKeyToLogs') === true,
  };
}

/** A list of `{name, value}`, or a map of names to values. */
export function readHeaders(headers: Reader): readonly (readonly [name: string, value: string])[] {
  const listed = headers.elements().flatMap((header) => {
    const name = header.text('name');
    return name === undefined ? [] : [[name, header.text('value') ?? ''] as const];
  });
  return [...headers.entries().map(([name, value]) => [name, plainText(value)] as const), ...listed];
}
