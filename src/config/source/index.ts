import { parseJson } from './json-source.ts';
import { LineIndex, type Source, SourceError, sourceLimits } from './source.ts';
import { parseYaml } from './yaml-source.ts';

export { parseJson } from './json-source.ts';
export { type Source, SourceError, withoutPlaces } from './source.ts';
export { parseYaml } from './yaml-source.ts';

/** JSON for files called `*.json`, else YAML. Throws SourceError. */
export function parseSource(text: string, fileName: string): Source {
  if (text.length > sourceLimits.characters) {
    const position = new LineIndex('').position(0);
    throw new SourceError(`the text is longer than ${sourceLimits.characters} characters`, position);
  }
  return fileName.endsWith('.json') ? parseJson(text) : parseYaml(text);
}
