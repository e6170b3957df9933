import type { BodyTemplate } from '../../expression/index.ts';
import type { MetadataReads, ResponseTemplates } from '../../policy/index.ts';

/** `#request.metadata['name']`, `.get("name")` and the like. Takes linear time: no two adjacent parts match the same blanks. */
const BY_NAME =
  /\bmetadata\s*(?:(?:\?\.|\.)\s*)?(?:\[|(?:get|getOrDefault|containsKey)\s*\()\s*(['"])([^'"]{1,200})\1/gi;
/** `#request.metadata.name`. */
const AS_PROPERTY = /\bmetadata\s*(?:\?\.|\.)\s*([A-Za-z_]\w*)\b(?!\s*\()/gi;
const ANY = /\bmetadata\b/gi;

/** What templates read of `#request.metadata`; undefined: nothing. */
export function metadataReads(templates: readonly BodyTemplate[]): MetadataReads | undefined {
  const reading = templates.filter(({ needs }) => needs.requestMetadata);
  if (reading.length === 0) return undefined;
  const sources = reading.flatMap((body) => body.templates.map(({ source }) => source));
  const namespaces = new Set<string>();
  let others = false;
  for (const source of sources) {
    const names = [
      ...[...source.matchAll(BY_NAME)].map((match) => match[2] ?? ''),
      ...[...source.matchAll(AS_PROPERTY)].map((match) => match[1] ?? ''),
    ];
    for (const name of names) namespaces.add(name);
    others ||= names.length < (source.match(ANY)?.length ?? 0) || names.length === 0;
  }
  return { namespaces, others };
}

export function joinReads(all: readonly (MetadataReads | undefined)[]): MetadataReads | undefined {
  const reads = all.filter((one) => one !== undefined);
  if (reads.length === 0) return undefined;
  return {
    namespaces: new Set(reads.flatMap(({ namespaces }) => [...namespaces])),
    others: reads.some(({ others }) => others),
  };
}

/** Of headers and bodies of response templates. */
export function templatesIn(templates: ResponseTemplates): readonly BodyTemplate[] {
  return [...templates.values()].flatMap((byType) =>
    [...byType.values()].flatMap(({ headers, body }) => [
      ...headers.map(([, value]) => value),
      ...(body === undefined ? [] : [body]),
    ]),
  );
}
