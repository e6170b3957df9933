import type { EvaluationContext } from '../context.ts';
import type { TransactionCache } from '../value.ts';
import { CpuGuard } from './cpu-guard.ts';

/**
 * Parsed bodies and the CPU time are kept for as long as their transaction's context is: on the context itself, so that
 * both are freed together. A WeakMap would move every body to the old generation, which costs as much as parsing it.
 */
const stateKey = Symbol('expression state');
/** For contexts that cannot get a new property. */
const frozen = new WeakMap<EvaluationContext, TransactionState>();

interface Holder {
  [stateKey]?: TransactionState;
}

export function transactionState(context: EvaluationContext & Holder): TransactionState {
  const known = context[stateKey] ?? frozen.get(context);
  if (known !== undefined) return known;
  const state = new TransactionState();
  if (Object.isExtensible(context)) context[stateKey] = state;
  else frozen.set(context, state);
  return state;
}

/** A parsed text takes up to fifty times its length. */
const KEPT_LENGTH = 4 * 1024;

/**
 * The transaction will wait: parsed large texts are released, so that the memory of a waiting request does not depend on
 * what a caller sends. They are parsed again if another expression reads them.
 */
export function releaseParsed(context: EvaluationContext & Holder): void {
  const state = context[stateKey] ?? frozen.get(context);
  if (state !== undefined && state.length > KEPT_LENGTH) state.clear();
}

/**
 * Bounded, because expressions can make texts. Not an LRUCache, which takes 2 µs and 3 KB to make: too much for one
 * request.
 */
const MAX_TEXTS = 16;

/** State shared by the evaluations of one transaction. */
export class TransactionState implements TransactionCache {
  readonly cpu = new CpuGuard();
  readonly #kinds = new Map<string, Map<string, unknown>>();
  /** Characters of all texts that came in. */
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Forgets what was parsed. */
  clear(): void {
    this.#kinds.clear();
    this.#length = 0;
  }

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
    this.#length += text.length;
  }
}
