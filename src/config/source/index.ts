import { parseJson } from './json-source.ts';
import { LineIndex, type Source, SourceError, sourceLimits } from './source.ts';
import { parseYaml, parseYamlDocuments } from './yaml-source.ts';

export { parseJson } from './json-source.ts';
export { type Source, SourceError, withoutPlaces } from './source.ts';
export { parseYaml } from './yaml-source.ts';

/** JSON for files called `*.json`, else YAML. Throws SourceError. */
export function parseSource(text: string, fileName: string): Source {
  checkLength(text);
  return fileName.endsWith('.json') ? parseJson(text) : parseYaml(text);
}

/** The same where a file may have several documents (`---`), as those for Kubernetes have. */
export function parseSources(text: string, fileName: string): readonly Source[] {
  checkLength(text);
  return fileName.endsWith('.json') ? [parseJson(text)] : parseYamlDocuments(text);
}

function checkLength(text: string): void {
  if (text.length > sourceLimits.characters) {
    const position = new LineIndex('').position(0);
    throw new SourceError(`the text is longer than ${sourceLimits.characters} characters`, position);
  }
}
