/**
 * Values of the language at run time.
 *
 * int is a JavaScript number, long a bigint; every other number is a class of its own (java/boxes.ts, java/big-decimal.ts).
 * Strings, booleans and null are JavaScript's. Lists, sets and maps are the classes below; arrays are JavaArray. What
 * else Java brings (dates, formats, enums …) is an opaque object of a class under java/.
 */
import { JavaBigDecimal, JavaBigInteger } from './java/big-decimal.ts';
import { JavaArray, JavaByte, JavaChar, JavaDouble, JavaFloat, JavaShort } from './java/boxes.ts';

export { JavaArray, JavaBigDecimal, JavaBigInteger, JavaByte, JavaChar, JavaDouble, JavaFloat, JavaShort };

/** Anything that an expression can hold: `unknown` at the edges, narrowed by the predicates below. */
export type Value = unknown;

/** The budget of one evaluation, and what it may keep for the next ones of the same transaction. */
export interface Run {
  /** Counts work; throws EvaluationFailure over the budget. */
  step(count?: number): void;
  /** For the same transaction: parsed texts by kind (`json`, `xml`) and text. */
  readonly cache: TransactionCache;
}

/** Kept beside an EvaluationContext for as long as it lives. */
export interface TransactionCache {
  get(kind: string, text: string): unknown;
  set(kind: string, text: string, value: unknown): void;
}

/** An expected failure inside an evaluation, without a place yet: the evaluator turns it into ExpressionError. */
export class EvaluationFailure extends Error {
  override readonly name = 'EvaluationFailure';
}

/**
 * `list`: java.util.List. `linked`: a LinkedList, which is a Deque too (values of headers). `json`: a list out of jsonPath, which prints as compact JSON. `set`: keeps insertion order
 * unless the maker sorted it.
 */
export type ListKind = 'list' | 'linked' | 'json' | 'set';

export class JavaList {
  readonly kind: ListKind;
  readonly items: readonly Value[];

  constructor(items: readonly Value[], kind: ListKind = 'list') {
    this.items = items;
    this.kind = kind;
  }
}

/**
 * A map in the order in which Java would walk it. `typed`: its keys are typed by a getter (headers, params, attributes,
 * api.properties, jsonContent), so an index converts to a string.
 */
export class JavaMap {
  readonly entries: ReadonlyMap<Value, Value>;
  readonly kind: 'map' | 'json';
  readonly typed: boolean;

  constructor(entries: ReadonlyMap<Value, Value>, kind: 'map' | 'json' = 'map', typed = false) {
    this.entries = entries;
    this.kind = kind;
    this.typed = typed;
  }
}

export const newList = (items: readonly Value[], kind: ListKind = 'list'): JavaList => new JavaList(items, kind);
export const newMap = (entries: ReadonlyMap<Value, Value>, kind: 'map' | 'json' = 'map'): JavaMap =>
  new JavaMap(entries, kind);
