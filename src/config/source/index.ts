import { parseJson } from './json-source.ts';
import { LineIndex, type Source, SourceError, sourceLimits } from './source.ts';
import { parseYaml, parseYamlDocuments } from './yaml-source.ts';

export { parseJson } from './json-source.ts';
export { type Source, SourceError, withoutPlaces } from './source.ts';
export { placeIn, type TextPlaces } from './text-places.ts';
export { parseYaml } from './yaml-source.ts';

/** JSON for files called `*.json`, otherwise YAML. Throws SourceError. */
export function parseSource(text: string, fileName: string): Source {
  checkLength(text, sourceLimits.characters);
  return fileName.endsWith('.json') ? parseJson(text) : parseYaml(text);
}

/**
 * The same for files that may have several documents (`---`), such as Kubernetes manifests, or long JSON, such as a dump of a
 * running Envoy. Text that looks like JSON is read as JSON whatever its name is: as YAML it takes many times as long.
 */
export function parseSources(text: string, fileName: string): readonly Source[] {
  if (fileName.endsWith('.json')) return [parseDump(text)];
  if (/^\s{0,1000}\{/.test(text)) {
    try {
      return [parseDump(text)];
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
    }
  }
  checkLength(text, sourceLimits.characters);
  return parseYamlDocuments(text);
}

function parseDump(text: string): Source {
  checkLength(text, sourceLimits.dumpCharacters);
  return parseJson(text);
}

function checkLength(text: string, most: number): void {
  if (text.length > most) {
    const position = new LineIndex('').position(0);
    throw new SourceError(`the text is longer than ${most} characters`, position);
  }
}
