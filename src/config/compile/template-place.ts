import type { TemplateOrigin } from '../../expression/index.ts';
import type { DocumentPath } from '../problem.ts';
import { formatPath } from '../problem.ts';
import { placeIn, type TextPlaces } from '../source/index.ts';

/** Where a template is written, as numbers only, so that the document itself need not be kept in memory. */
export class TemplatePlace implements TemplateOrigin {
  readonly field: string;
  readonly #file: string;
  readonly #places: TextPlaces;

  constructor(file: string, path: DocumentPath, places: TextPlaces) {
    this.field = formatPath(fieldOf(path));
    this.#file = file;
    this.#places = places;
  }

  placeAt(offset: number): string {
    const { line, column } = placeIn(this.#places, offset);
    return `${this.#file}:${line}:${column}`;
  }
}

/** The name of a step's field as its author writes it, without the place of the step. */
function fieldOf(path: DocumentPath): DocumentPath {
  const configuration = path.indexOf('configuration');
  if (configuration >= 0) return path.slice(configuration + 1);
  if (path[0] === 'defaults') return path.slice(1);
  return path.at(-1) === 'condition' ? ['condition'] : path;
}
