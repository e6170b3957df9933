import type { EvaluationContext } from '../context.ts';
import { EvaluationFailure, type Run, type TransactionCache, type Value } from '../value.ts';

/** Work of one evaluation: counted, so that a template ends whatever its data are. */
export const STEP_BUDGET = 1_000_000;

/** What a compiled expression is evaluated in. */
export interface Scope {
  readonly context: EvaluationContext;
  readonly run: EvaluationRun;
  /** `#this` and the owner of bare names: null at the top, the element in selections and projections. */
  readonly self: Value;
  /** `self` for arguments of methods: the element of the innermost selection or projection, null outside. */
  readonly element: Value;
}

/** The same scope with another `#this`. */
export const withSelf = ({ context, run, element }: Scope, self: Value): Scope => ({ context, run, self, element });

/** The scope of one element of a selection or projection. */
export const withElement = ({ context, run }: Scope, element: Value): Scope => ({
  context,
  run,
  self: element,
  element,
});

export type Evaluate = (scope: Scope) => Value;

export class EvaluationRun implements Run {
  readonly #context: EvaluationContext;
  readonly #roots: Value[] = [];
  #steps = 0;

  constructor(context: EvaluationContext) {
    this.#context = context;
  }

  get steps(): number {
    return this.#steps;
  }

  step(count = 1): void {
    if (count > STEP_BUDGET - this.#steps) {
      this.#steps = STEP_BUDGET;
      throw new EvaluationFailure('the expression takes more steps than are allowed');
    }
    this.#steps += count;
  }

  /** One bean for a variable in one evaluation, so that it equals itself. */
  root(index: number, make: () => Value): Value {
    const roots = this.#roots;
    const known = roots[index];
    if (known !== undefined) return known;
    const made = make();
    roots[index] = made;
    return made;
  }

  get cache(): TransactionCache {
    return cacheOf(this.#context);
  }
}

/**
 * Parsed bodies are kept for as long as their transaction's context is: on the context itself, so that both die
 * together. A WeakMap would carry every body into the old generation, which costs as much as parsing it.
 */
const cacheKey = Symbol('expression cache');
/** For contexts that take no new property. */
const frozen = new WeakMap<EvaluationContext, TextCache>();

interface Holder {
  [cacheKey]?: TextCache;
}

function cacheOf(context: EvaluationContext & Holder): TextCache {
  const known = context[cacheKey] ?? frozen.get(context);
  if (known !== undefined) return known;
  const cache = new TextCache();
  if (Object.isExtensible(context)) context[cacheKey] = cache;
  else frozen.set(context, cache);
  return cache;
}

/**
 * Bounded: expressions can make texts of their own. Not an LRUCache, which takes 2 µs and 3 KB to make: too much for one
 * request.
 */
const MAX_TEXTS = 16;

class TextCache implements TransactionCache {
  readonly #kinds = new Map<string, Map<string, unknown>>();

  get(kind: string, text: string): unknown {
    return this.#kinds.get(kind)?.get(text);
  }

  set(kind: string, text: string, value: unknown): void {
    let texts = this.#kinds.get(kind);
    if (texts === undefined) {
      texts = new Map();
      this.#kinds.set(kind, texts);
    }
    const [oldest] = texts.size < MAX_TEXTS ? [] : texts.keys();
    if (oldest !== undefined) texts.delete(oldest);
    texts.set(text, value);
  }
}

/** A failure with its place in the template. */
export class PlacedFailure extends EvaluationFailure {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

export function fail(message: string, at: number): never {
  throw new PlacedFailure(message, at);
}
