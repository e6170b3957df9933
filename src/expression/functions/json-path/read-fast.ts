import type { Run, Value } from '../../value.ts';
import type { JsonDocument } from '../json-text/json-document.ts';
import { toNumber } from '../json-text/json-number.ts';
import { numberSource } from '../json-text/number-source.ts';
import type { CompiledPath } from './path-token.ts';

/** The names and indexes of a path that consists only of those; undefined for any other path. */
export function plainSteps(path: CompiledPath): readonly (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  for (const token of path.tokens) {
    const step =
      token.kind === 'property' && token.names.length === 1
        ? token.names[0]
        : token.kind === 'index' && token.indexes.length === 1
          ? token.indexes[0]
          : undefined;
    if (step === undefined) return undefined;
    steps.push(step);
  }
  return steps;
}

/**
 * What is at the end of names and indexes, read from the engine's own parse: a text, a boolean, null or a number.
 * Undefined for anything else, errors included: then the exact evaluation decides.
 */
export function readFast(document: JsonDocument, steps: readonly (string | number)[], run: Run): Value {
  const value = readPlain(document, steps);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  return typeof value === 'number' ? readNumber(document, steps, run) : undefined;
}

/** The same, for any value: null for a missing name at the end, undefined for anything else that is missing. */
export function readPlain(document: JsonDocument, steps: readonly (string | number)[]): unknown {
  let at = document.plain;
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index];
    if (typeof at !== 'object' || at === null) return undefined;
    if (typeof step === 'string') {
      if (Array.isArray(at)) return undefined;
      if (Object.hasOwn(at, step)) at = (at as Record<string, unknown>)[step];
      else return index === steps.length - 1 ? null : undefined;
    } else if (step !== undefined && Array.isArray(at)) {
      at = at[step < 0 ? at.length + step : step];
    } else {
      return undefined;
    }
  }
  return at;
}

/** A number's type shows only in how it is written: 100.0 is a double, 100 an int. */
function readNumber(document: JsonDocument, steps: readonly (string | number)[], run: Run): Value {
  if (steps.some((step) => typeof step === 'number' && step < 0)) return undefined;
  // For each map or list on the way, the text is read again, at worst to its end.
  run.step((document.text.length >> 8) * Math.max(1, steps.length));
  return toNumber(numberSource(document.text, steps));
}
