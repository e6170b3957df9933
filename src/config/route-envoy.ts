import { LRUCache } from 'lru-cache';
import { streamMetadata } from '../envoy-names.ts';
import { Reporter } from './compile/reporter.ts';
import { singleProblem } from './inline-policies.ts';
import { PolicyDocumentError } from './problem.ts';
import { type EnvoyDocument, envoySchema, validate } from './schema/index.ts';
import { parseJson, type Source, SourceError } from './source/index.ts';

const limits = { bytes: 1024, distinctTexts: 256 } as const;

/** Settings of Envoy from routes (`x-lambda-envoy`). Invalid texts are cached too. */
export class RouteEnvoy {
  readonly #cache = new LRUCache<string, EnvoyDocument | PolicyDocumentError>({ max: limits.distinctTexts });

  /** Throws PolicyDocumentError. */
  get(text: string): EnvoyDocument {
    let result = this.#cache.get(text);
    if (result === undefined) {
      result = documentOrError(text);
      if (text.length <= limits.bytes) this.#cache.set(text, result);
    }
    if (result instanceof PolicyDocumentError) throw result;
    return result;
  }
}

function documentOrError(text: string): EnvoyDocument | PolicyDocumentError {
  try {
    return parseRouteEnvoy(text);
  } catch (error) {
    if (error instanceof PolicyDocumentError) return error;
    throw error;
  }
}

/** Throws PolicyDocumentError. */
function parseRouteEnvoy(text: string): EnvoyDocument {
  const file = streamMetadata.envoy;
  if (text.length > limits.bytes) {
    const message = `${text.length} characters: at most ${limits.bytes} are accepted`;
    throw singleProblem(file, { line: 1, column: 1 }, message);
  }
  let source: Source;
  try {
    source = parseJson(text);
  } catch (error) {
    if (error instanceof SourceError) throw singleProblem(file, error.position, error.message);
    throw error;
  }
  const reporter = new Reporter(file, source);
  const document = validate(envoySchema, reporter.data, (path, message, part) => reporter.error(path, message, part));
  if (document === undefined) throw new PolicyDocumentError(reporter.problems);
  return document;
}
