import { MAX_DIGITS } from '../../java/limits.ts';
import type { ListKind, Value } from '../../value.ts';
import { toDecimal, toDouble } from './json-number.ts';

/** json-smart refuses text that nests deeper. */
export const MAX_JSON_DEPTH = 400;

/** What else differs between the two parsers of the original. */
export interface JsonDialect {
  readonly maxDepth: number;
  readonly maxNumberLength: number;
  readonly listKind: ListKind;
  readonly keepsDelete: boolean;
  readonly toDecimal: (text: string) => Value;
}

/** For the source of jsonPath. */
export const JSON_SMART: JsonDialect = {
  maxDepth: MAX_JSON_DEPTH,
  maxNumberLength: MAX_DIGITS,
  listKind: 'json',
  keepsDelete: false,
  toDecimal,
};

/** For text that is known to be JSON: plain lists, and every decimal is a double. */
export const JACKSON: JsonDialect = {
  maxDepth: 1000,
  maxNumberLength: 1000,
  listKind: 'list',
  keepsDelete: true,
  toDecimal: toDouble,
};
