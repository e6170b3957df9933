import { type DocumentPath, formatPath, type Position, type Problem } from '../problem.ts';
import type { Source, TextPlaces } from '../source/index.ts';
import { TemplatePlace } from './template-place.ts';

/** How numbers are written, by formatted path. */
export type Numbers = ReadonlyMap<string, string>;

export interface ReporterOptions {
  /** Numbers of the document whose `defaults` are laid under this one. */
  readonly known?: Numbers | undefined;
  readonly numbers?: Map<string, string>;
  readonly places?: Map<string, TextPlaces>;
  /** Rewrites a problem for users: with its subject, or in terms of the text from which the document was generated. */
  readonly rephrase?: (problem: Problem, path: DocumentPath) => Problem;
}

/** Collects the problems of one document. The same problem at the same place is reported once. */
export class Reporter {
  readonly #fileName: string;
  readonly #source: Source;
  readonly #rephrase: (problem: Problem, path: DocumentPath) => Problem;
  readonly #problems = new Map<string, Problem>();
  /** The numbers that JavaScript would write differently, for code that compiles the same document without its text. */
  readonly numbers: Map<string, string>;
  readonly #known: Numbers;
  /** The places of texts with expressions, for the same use. */
  readonly places: Map<string, TextPlaces>;
  readonly #origins = new Map<string, TemplatePlace>();

  constructor(fileName: string, source: Source, options: ReporterOptions = {}) {
    const { known = new Map(), numbers = new Map(), places = new Map(), rephrase = (problem) => problem } = options;
    this.#fileName = fileName;
    this.#source = source;
    this.#known = known;
    this.numbers = numbers;
    this.places = places;
    this.#rephrase = rephrase;
  }

  /** An empty reporter for the same document. */
  sibling(): Reporter {
    return new Reporter(this.#fileName, this.#source, {
      known: this.#known,
      numbers: this.numbers,
      places: this.places,
      rephrase: this.#rephrase,
    });
  }

  get data(): unknown {
    return this.#source.data;
  }

  /** See Source. */
  isUnwritten(path: DocumentPath): boolean {
    return this.#source.isUnwritten(path);
  }

  /** How the number at `path` is written. */
  numberText(path: DocumentPath, value: number): string {
    const text = this.#source.numberText(path) ?? this.#known.get(formatPath(path)) ?? String(value);
    if (text !== String(value)) this.numbers.set(formatPath(path), text);
    return text;
  }

  /** Where the text with expressions at `path` is written. Cached, because many steps may share a text of `defaults`. */
  originOf(path: DocumentPath): TemplatePlace {
    const name = formatPath(path);
    let origin = this.#origins.get(name);
    if (origin !== undefined) return origin;
    const { line, column } = this.#source.locate(path);
    const places = this.#source.textPlaces?.(path) ?? [0, line, column];
    this.places.set(name, places);
    origin = new TemplatePlace(this.#fileName, path, places);
    this.#origins.set(name, origin);
    return origin;
  }

  error(path: DocumentPath, message: string, part: 'key' | 'value' = 'value'): void {
    this.#add('error', path, message, this.#source.locate(path, part));
  }

  warn(path: DocumentPath, message: string, part: 'key' | 'value' = 'value'): void {
    this.#add('warning', path, message, this.#source.locate(path, part));
  }

  /** `offset` counts UTF-16 units of the string at `path`. */
  errorInText(path: DocumentPath, offset: number, message: string): void {
    this.#add('error', path, message, this.#source.locateInText(path, offset));
  }

  /** See errorInText. */
  warnInText(path: DocumentPath, offset: number, message: string): void {
    this.#add('warning', path, message, this.#source.locateInText(path, offset));
  }

  /** The fields of a problem that describe its place. */
  placeOf(path: DocumentPath): Pick<Problem, 'file' | 'path' | 'subject'> {
    const blank = {
      severity: 'error',
      file: this.#fileName,
      path: formatPath(path),
      message: '',
      line: 1,
      column: 1,
    } as const;
    const { file, path: text, subject } = this.#rephrase(blank, path);
    return { file, path: text, subject };
  }

  /** The errors that another reporter of the same document found. */
  adoptErrors(other: Reporter): void {
    for (const [key, problem] of other.#problems) {
      if (problem.severity === 'error' && !this.#problems.has(key)) this.#problems.set(key, problem);
    }
  }

  /** In the order of the document. */
  get problems(): readonly Problem[] {
    return [...this.#problems.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  get hasErrors(): boolean {
    return [...this.#problems.values()].some((problem) => problem.severity === 'error');
  }

  #add(severity: Problem['severity'], path: DocumentPath, message: string, position: Position): void {
    const text = formatPath(path);
    const key = `${text}\n${message}`;
    if (this.#problems.has(key)) return;
    const problem = { severity, file: this.#fileName, path: text, message, ...position };
    this.#problems.set(key, this.#rephrase(problem, path));
  }
}
