import type { z } from 'zod';
import { Reporter } from './compile/reporter.ts';
import { singleProblem } from './inline-policies.ts';
import { PolicyDocumentError } from './problem.ts';
import { validate } from './schema/index.ts';
import { parseSource, type Source, SourceError } from './source/index.ts';

/** A file that is checked as policies.yaml is. */
export interface CheckedDocument<T> {
  readonly data: T;
  readonly source: Source;
  /** For what a schema cannot say. */
  readonly reporter: Reporter;
}

/** Reads YAML or JSON by a schema. Throws PolicyDocumentError with every problem. */
export function readChecked<T extends z.ZodType>(
  schema: T,
  text: string,
  fileName: string,
): CheckedDocument<z.output<T>> {
  const source = parseOrReport(text, fileName);
  const reporter = new Reporter(fileName, source);
  const data = validate(schema, source.data, (path, message, part) => reporter.error(path, message, part));
  if (data === undefined) throw new PolicyDocumentError(reporter.problems);
  return { data, source, reporter };
}

/** Throws PolicyDocumentError for a text that does not parse. */
export function parseOrReport(text: string, fileName: string): Source {
  try {
    return parseSource(text, fileName);
  } catch (error) {
    if (error instanceof SourceError) throw singleProblem(fileName, error.position, error.message);
    throw error;
  }
}
