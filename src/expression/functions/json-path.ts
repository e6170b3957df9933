import { EvaluationFailure, type Run, type Value } from '../value.ts';
import { BoundedCache } from './bounded-cache.ts';
import { evaluatePath } from './json-path/evaluate-path.ts';
import { JsonPathError } from './json-path/json-path-error.ts';
import { compilePath } from './json-path/path-compiler.ts';
import type { CompiledPath } from './json-path/path-token.ts';
import { isReadFast, readFast } from './json-path/read-fast.ts';
import { JsonDocument } from './json-text/json-document.ts';
import { JsonTextError } from './json-text/json-text-error.ts';

/** Paths are literals nearly always; those that are put together from a caller's data push each other out. */
const paths = new BoundedCache<CompiledPath>(256, 1024);

/**
 * `#jsonPath(source, path)`: what a JSON path finds in a text or in a value. Text is parsed once a transaction.
 * @throws EvaluationFailure
 */
export function jsonPath(source: Value, path: string | null, run: Run): Value {
  if (source === null || source === undefined) throw new EvaluationFailure('jsonPath(): there is nothing to search in');
  if (path === null || path === '') throw new EvaluationFailure('jsonPath(): the path is missing');
  if (source === '') throw new EvaluationFailure('jsonPath(): the JSON text is empty');
  try {
    if (typeof source !== 'string') return search(source, path, run);
    const document = parse(source, run);
    const compiled = compile(path);
    const fast = isReadFast(compiled) ? readFast(document, compiled) : undefined;
    return fast !== undefined ? fast : search(document.value(), path, run);
  } catch (error) {
    if (error instanceof JsonPathError || error instanceof JsonTextError) {
      throw new EvaluationFailure(`jsonPath(): ${error.message}`);
    }
    throw error;
  }
}

function parse(text: string, run: Run): JsonDocument {
  const known = run.cache.get('json', text);
  if (known instanceof JsonDocument) return known;
  run.step(1 + (text.length >> 8));
  const document = JsonDocument.parse(text);
  if (document.isNull) throw new JsonTextError('the JSON text is null');
  run.cache.set('json', text, document);
  return document;
}

function compile(path: string): CompiledPath {
  return paths.get(path) ?? paths.set(path, compilePath(path));
}

function search(document: Value, path: string, run: Run): Value {
  return evaluatePath(compile(path), document, document, { run, scanIndexes: new Map() });
}
