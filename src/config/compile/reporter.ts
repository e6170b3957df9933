import { type DocumentPath, formatPath, type Position, type Problem } from '../problem.ts';
import type { Source } from '../source/index.ts';

/** Collects what is wrong in one document. The same thing at the same place is told once. */
export class Reporter {
  readonly #fileName: string;
  readonly #source: Source;
  readonly #problems = new Map<string, Problem>();

  constructor(fileName: string, source: Source) {
    this.#fileName = fileName;
    this.#source = source;
  }

  /** An empty one for the same document. */
  sibling(): Reporter {
    return new Reporter(this.#fileName, this.#source);
  }

  get data(): unknown {
    return this.#source.data;
  }

  /** See Source. */
  isUnwritten(path: DocumentPath): boolean {
    return this.#source.isUnwritten(path);
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
    if (!this.#problems.has(key)) {
      this.#problems.set(key, { severity, file: this.#fileName, path: text, message, ...position });
    }
  }
}
