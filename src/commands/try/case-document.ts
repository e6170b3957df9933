import type { z } from 'zod';
import { PolicyDocumentError, parseSource, readChecked } from '../../config/index.ts';
import {
  answerSchema,
  backendSchema,
  checkTest,
  functionsSchema,
  type GivenDocument,
  requestSchema,
} from '../../policy-tests/index.ts';

/** The input of one run besides the policies, as in a test file. */
export type CaseDocument = GivenDocument;
export type RequestDocument = CaseDocument['request'];
export type FunctionsDocument = NonNullable<CaseDocument['functions']>;
export type BackendDocument = CaseDocument['backend'];

/** Each throws PolicyDocumentError with line and column in the file `name`. An empty text counts as absent. */
export function readRequest(text: string, name: string): RequestDocument {
  return read(requestSchema, text, name, ['request'], (request) => ({ request }));
}

export function readBackend(text: string, name: string): BackendDocument {
  return read(backendSchema, text, name, ['backend'], (backend) => ({ backend }));
}

export function readFunctions(text: string, name: string): FunctionsDocument {
  return read(functionsSchema, text, name, ['functions'], (functions) => ({ functions })) ?? {};
}

/** Of the function `of`. */
export function readAnswer(of: string, text: string, name: string): FunctionsDocument {
  const functions = (answer: z.output<typeof answerSchema>): FunctionsDocument => ({ [of]: answer });
  const found = read(answerSchema, text, name, ['functions', of], (answer) => ({ functions: functions(answer) }));
  return found === undefined ? {} : functions(found);
}

/** `path`: where a test has what the text is. */
function read<T extends z.ZodType>(
  schema: T,
  text: string,
  name: string,
  path: readonly string[],
  within: (data: z.output<T>) => CaseDocument,
): z.output<T> | undefined {
  if (saysNothing(text, name)) return undefined;
  const { data, source, reporter } = readChecked(schema, text, name);
  checkTest(within(data), [], source, {
    error: (place, message, part) => reporter.error(place.slice(path.length), message, part),
  });
  if (reporter.hasErrors) throw new PolicyDocumentError(reporter.problems);
  return data;
}

function saysNothing(text: string, name: string): boolean {
  try {
    return text.trim() === '' || parseSource(text, name).data === null;
  } catch {
    // readChecked reports why.
    return false;
  }
}
