import type { Run, Value } from '../../value.ts';
import type { JsonTextError } from '../json-text/json-text-error.ts';
import type { FilterNumber } from './filter-number.ts';
import type { CompiledPath } from './path-token.ts';

export const RELATIONS = [
  '>=',
  '<=',
  '==',
  '===',
  '!=',
  '!==',
  '<',
  '>',
  '=~',
  'NIN',
  'IN',
  'CONTAINS',
  'ALL',
  'SIZE',
  'EXISTS',
  'TYPE',
  'MATCHES',
  'EMPTY',
  'SUBSETOF',
  'ANYOF',
  'NONEOF',
] as const;

export type Relation = (typeof RELATIONS)[number];

/** A condition of `[?(...)]`. */
export type FilterNode =
  | { readonly kind: 'or' | 'and'; readonly operands: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly operand: FilterNode }
  | { readonly kind: 'exists'; readonly path: CompiledPath; readonly wanted: boolean }
  | { readonly kind: 'relation'; readonly left: Operand; readonly relation: Relation; readonly right: Operand };

/** An operand of a relation: a path that is evaluated for each item, or a constant. */
export type Operand = { readonly kind: 'path'; readonly path: CompiledPath; readonly wanted: boolean } | FilterValue;

/** A regular expression that is matched as a whole, in time linear in its input. */
export interface FilterPattern {
  matches(input: string, run: Pick<Run, 'step'>): boolean;
}

export type FilterValue =
  | { readonly kind: 'string'; readonly text: string }
  | FilterNumber
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  /** A list or a map: from the document, or from a literal, which keeps its text and may be broken. */
  | { readonly kind: 'json'; readonly value: Value | JsonTextError; readonly text: string | undefined }
  | { readonly kind: 'pattern'; readonly pattern: FilterPattern }
  /** A path inside a list of values: never equal to anything. */
  | { readonly kind: 'opaque' }
  /** The path has no result: equal to nothing, itself included. */
  | { readonly kind: 'undefined' };
