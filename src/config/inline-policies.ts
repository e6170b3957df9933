import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { streamMetadata } from '../envoy-names.ts';
import { charge, type MemoryAccount } from '../memory-account.ts';
import type { ApiPolicies } from '../policy/index.ts';
import { compileApi, type Surroundings } from './compile/api.ts';
import { atOnce } from './compile/in-steps.ts';
import { Reporter } from './compile/reporter.ts';
import { TemplateCompiler } from './compile/template-compiler.ts';
import { checkLaidDefaults } from './laid-defaults.ts';
import { PolicyDocumentError, type Problem } from './problem.ts';
import { apiSchema, validate } from './schema/index.ts';
import { parseJson, type Source, SourceError } from './source/index.ts';

export const inlineLimits = { bytes: 16 * 1024, distinctTexts: 1024, laidDefaults: 10_000 } as const;

/** Memory of compiled policies for each character of their text, measured for many small steps and for few large ones. */
const COMPILED = 48;
/** Additional memory of each expression: a body may have one for every seven characters. */
const EXPRESSION = 512;
const EXPRESSIONS = /(?:\{|\\u007b) *(?:[#T(]|\\u00)/gi;
/** The fraction of `limits.bufferedBytes` for cached compiled policies: an eighth. */
const KEPT_PART = 1 / 8;

/** APIs of inline policies. Invalid texts are cached too: an invalid route must not be parsed for each request. */
export class InlinePolicies {
  readonly #surroundings: Surroundings;
  readonly #cache: LRUCache<string, ApiPolicies | PolicyDocumentError>;

  constructor(surroundings: Surroundings, bufferedBytes: number) {
    this.#surroundings = surroundings;
    this.#cache = new LRUCache({
      max: inlineLimits.distinctTexts,
      maxSize: Math.max(1, Math.floor(bufferedBytes * KEPT_PART)),
      sizeCalculation: (_, text) => Math.max(1, compiledBytes(text)),
    });
  }

  /** A text that is not known yet is taken of `memory`, compiled. Throws PolicyDocumentError and NoRoomError. */
  get(text: string, memory: MemoryAccount): ApiPolicies {
    let result = this.#cache.get(text);
    if (result === undefined) {
      if (text.length <= inlineLimits.bytes) charge(memory, compiledBytes(text));
      result = this.#load(text);
      // A text beyond the limit is refused quickly and is not worth its memory.
      if (text.length <= inlineLimits.bytes) this.#cache.set(text, result);
    }
    if (result instanceof PolicyDocumentError) throw result;
    return result;
  }

  #load(text: string): ApiPolicies | PolicyDocumentError {
    try {
      const source = parseInline(text, streamMetadata.policies);
      return compileInlineSource(text, source, streamMetadata.policies, this.#surroundings).policies;
    } catch (error) {
      if (error instanceof PolicyDocumentError) return error;
      throw error;
    }
  }
}

function compiledBytes(text: string): number {
  return COMPILED * text.length + EXPRESSION * (text.match(EXPRESSIONS)?.length ?? 0);
}

/** Throws PolicyDocumentError; warnings are for `check`. */
export function compileInlineSource(
  text: string,
  source: Source,
  fileName: string,
  surroundings: Surroundings,
): { readonly policies: ApiPolicies; readonly warnings: readonly Problem[] } {
  const reporter = new Reporter(fileName, source, { known: surroundings.numbers });
  const document = validate(apiSchema, reporter.data, (path, message, part) => reporter.error(path, message, part));
  if (document !== undefined) {
    checkLaidDefaults(surroundings.defaults, [document], inlineLimits.laidDefaults, reporter);
  }
  if (document === undefined || reporter.hasErrors) throw new PolicyDocumentError(reporter.problems);
  const name = `inline:${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
  const policies = atOnce(
    compileApi(name, document, [], surroundings, new TemplateCompiler(reporter, surroundings.secrets)),
  );
  if (reporter.hasErrors) throw new PolicyDocumentError(reporter.problems);
  return { policies, warnings: reporter.problems };
}

function parseInline(text: string, fileName: string): Source {
  const bytes = Buffer.byteLength(text);
  if (bytes > inlineLimits.bytes) {
    const message = `inline policies of ${bytes} bytes: at most ${inlineLimits.bytes} are accepted`;
    throw singleProblem(fileName, { line: 1, column: 1 }, message);
  }
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SourceError) throw singleProblem(fileName, error.position, error.message);
    throw error;
  }
}

export function singleProblem(
  file: string,
  position: { readonly line: number; readonly column: number },
  message: string,
): PolicyDocumentError {
  return new PolicyDocumentError([{ severity: 'error', file, path: '', message, ...position }]);
}
