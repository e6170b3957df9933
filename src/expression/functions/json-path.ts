import { LRUCache } from 'lru-cache';
import { JavaException } from '../java/java-exception.ts';
import { EvaluationFailure, type Run, type Value } from '../value.ts';
import { evaluatePath } from './json-path/evaluate-path.ts';
import { JsonPathError } from './json-path/json-path-error.ts';
import { compilePath } from './json-path/path-compiler.ts';
import type { CompiledPath } from './json-path/path-token.ts';
import { plainSteps, readFast } from './json-path/read-fast.ts';
import { type Selection, selectTexts, toSelection } from './json-path/select-texts.ts';
import { JsonDocument } from './json-text/json-document.ts';
import { JsonTextError } from './json-text/json-text-error.ts';

/** Paths are nearly always literals; those that contain a caller's data evict each other. */
const paths = new LRUCache<string, Path>({ max: 256 });
/** Longer ones are compiled each time, so that the cache stays small. */
const MAX_CACHED_LENGTH = 1024;

interface Path {
  readonly compiled: CompiledPath;
  /** The path as names and indexes, if it consists only of those. */
  readonly steps: readonly (string | number)[] | undefined;
  readonly selection: Selection | undefined;
}

/**
 * `#jsonPath(source, path)`: what a JSON path finds in a text or in a value. Text is parsed once a transaction.
 * @throws EvaluationFailure
 */
export function jsonPath(source: Value, path: string | null, run: Run): Value {
  if (source === null || source === undefined) throw new EvaluationFailure('jsonPath(): there is nothing to search in');
  if (path === null || path === '') throw new EvaluationFailure('jsonPath(): the path is missing');
  if (source === '') throw new EvaluationFailure('jsonPath(): the JSON text is empty');
  try {
    if (typeof source !== 'string') return search(source, compile(path, run), run);
    // The order of the original: a broken text is an error even if the path is broken too.
    const document = parse(source, run);
    const compiled = compile(path, run);
    const quick = readQuickly(document, compiled, run);
    return quick !== undefined ? quick : search(document.value(run), compiled, run);
  } catch (error) {
    const expected = error instanceof JsonPathError || error instanceof JsonTextError || error instanceof JavaException;
    if (expected) {
      throw new EvaluationFailure(`jsonPath(): ${error.message}`);
    }
    throw error;
  }
}

function parse(text: string, run: Run): JsonDocument {
  const known = run.cache.get('json', text);
  if (known instanceof JsonDocument) return known;
  run.step(1 + (text.length >> 8));
  const document = JsonDocument.parse(text, run);
  if (document.isNull) throw new JsonTextError('the JSON text is null');
  run.cache.set('json', text, document);
  return document;
}

function compile(path: string, run: Run): Path {
  const known = paths.get(path);
  if (known !== undefined) return known;
  run.step(1 + (path.length >> 1));
  const compiled = compilePath(path);
  const made: Path = { compiled, steps: plainSteps(compiled), selection: toSelection(compiled) };
  if (path.length <= MAX_CACHED_LENGTH) paths.set(path, made);
  return made;
}

/** Undefined if the exact evaluation must decide. */
function readQuickly(document: JsonDocument, { steps, selection }: Path, run: Run): Value {
  if (document.plain === undefined) return undefined;
  if (steps !== undefined) return readFast(document, steps, run);
  return selection === undefined ? undefined : selectTexts(document, selection, run);
}

function search(document: Value, { compiled }: Path, run: Run): Value {
  return evaluatePath(compiled, document, document, { run, scanIndexes: new Map(), elements: new Map() });
}
