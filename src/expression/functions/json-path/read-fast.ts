import type { Value } from '../../value.ts';
import type { JsonDocument } from '../json-text/json-document.ts';
import type { CompiledPath } from './path-token.ts';

/** Whether a path is only names and indexes: such paths are read from the engine's own parse where that is enough. */
export function isReadFast(path: CompiledPath): boolean {
  return path.tokens.every(
    (token) =>
      (token.kind === 'property' && token.names.length === 1) || (token.kind === 'index' && token.indexes.length === 1),
  );
}

/** A text, a boolean or null at the end of a path of names and indexes; undefined for anything else, errors included. */
export function readFast(document: JsonDocument, path: CompiledPath): Value {
  let at = document.plain;
  const { tokens } = path;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (typeof at !== 'object' || at === null) return undefined;
    if (token?.kind === 'property') {
      const name = token.names[0] ?? '';
      if (Array.isArray(at)) return undefined;
      if (Object.hasOwn(at, name)) at = (at as Record<string, unknown>)[name];
      else return index === tokens.length - 1 ? null : undefined;
    } else if (token?.kind === 'index' && Array.isArray(at)) {
      const position = token.indexes[0] ?? 0;
      at = at[position < 0 ? at.length + position : position];
    } else {
      return undefined;
    }
  }
  return typeof at === 'string' || typeof at === 'boolean' || at === null ? at : undefined;
}
