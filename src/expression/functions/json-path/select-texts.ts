import { JSONPath } from 'jsonpath-plus';
import { newList, type Run, type Value } from '../../value.ts';
import type { JsonDocument } from '../json-text/json-document.ts';
import type { CompiledPath, PathToken } from './path-token.ts';
import { readPlain } from './read-fast.ts';

/** A path to a list of texts: where the list is, the path within each element, and the name at the end. */
export interface Selection {
  readonly base: readonly (string | number)[];
  /** For jsonpath-plus, from the list on, without the last name. */
  readonly path: string;
  readonly leaf: string | undefined;
}

/** Names that jsonpath-plus reads in the same way in any value: no list and no text has such a member. */
const SIMPLE_NAME = /^(?!length$)[A-Za-z_][A-Za-z0-9_]*$/;
/** Objects list such names first, whatever their order in the text. */
const NUMERIC_NAME = /"[0-9]+"\s*:/;
/** jsonpath-plus keeps every path that it has parsed: its cache is cleared now and then. */
const MAX_PARSED = 1000;

/** It copies the rest of the path, and the way so far, at each node. */
const MAX_STEPS = 16;

let parsed = 0;

/**
 * Paths of names, indexes, one or more `[*]` or slices from the start, and names: these, jsonpath-plus reads as the
 * original does. Undefined for any other path.
 */
export function toSelection(path: CompiledPath): Selection | undefined {
  const first = path.tokens.findIndex((token) => token.kind === 'wildcard' || token.kind === 'slice');
  if (first === -1 || path.root !== '$' || path.tokens.length > MAX_STEPS) return undefined;
  const base = path.tokens.slice(0, first).map(toStep);
  const last = path.tokens.at(-1);
  const leaf = last?.kind === 'property' && last.names.length === 1 ? last.names[0] : undefined;
  const middle = path.tokens.slice(first, leaf === undefined ? undefined : -1).map(toText);
  if (!middle.every((text) => text !== undefined) || !base.every((step) => step !== undefined)) return undefined;
  if (++parsed > MAX_PARSED) {
    JSONPath.clearCache();
    parsed = 0;
  }
  return { base, path: `$${middle.join('')}`, leaf };
}

function toStep(token: PathToken): string | number | undefined {
  if (token.kind === 'property' && token.names.length === 1) return token.names[0];
  return token.kind === 'index' && token.indexes.length === 1 ? token.indexes[0] : undefined;
}

function toText(token: PathToken): string | undefined {
  if (token.kind === 'wildcard') return '[*]';
  if (token.kind === 'property' && token.names.length === 1 && SIMPLE_NAME.test(token.names[0] ?? '')) {
    return `['${token.names[0]}']`;
  }
  if (token.kind !== 'slice' || (token.from ?? 0) < 0 || (token.to ?? 0) < 0) return undefined;
  return `[${token.from ?? 0}:${token.to ?? ''}]`;
}

/**
 * The texts, booleans and nulls that a selection leads to. Undefined when there is anything else among them, or when
 * the list is not a list: then the exact evaluation decides.
 */
export function selectTexts(document: JsonDocument, selection: Selection, run: Run): Value {
  const list = readPlain(document, selection.base);
  if (!Array.isArray(list) || NUMERIC_NAME.test(document.text)) return undefined;
  // No node of the text is reached twice, and few are shorter than this.
  run.step(document.text.length >> 6);
  const found: unknown = JSONPath({ path: selection.path, json: list, wrap: true, eval: false });
  if (!Array.isArray(found)) return undefined;
  run.step(found.length);
  const items: Value[] = [];
  for (const node of found) {
    const value = selection.leaf === undefined ? node : memberOf(node, selection.leaf);
    if (typeof value === 'number' || (typeof value === 'object' && value !== null)) return undefined;
    if (value !== undefined) items.push(value);
  }
  return newList(items, 'json');
}

/** A missing name at the end reads null; elements that are not objects are left out. */
function memberOf(node: unknown, name: string): unknown {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return undefined;
  return Object.hasOwn(node, name) ? (node as Record<string, unknown>)[name] : null;
}
