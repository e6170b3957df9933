import { newList, type Run, type Value } from '../../value.ts';
import type { JsonDocument } from '../json-text/json-document.ts';
import type { CompiledPath, PathToken } from './path-token.ts';
import { readPlain } from './read-fast.ts';

/** A path to a list of texts: where the list is, what leads on from each element, and the name at the end. */
export interface Selection {
  readonly base: readonly (string | number)[];
  readonly steps: readonly Step[];
  readonly leaf: string | undefined;
}

type Step =
  | { readonly kind: 'all' }
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'slice'; readonly from: number; readonly to: number | undefined };

/** Objects list such names first, whatever their order in the text. */
const NUMERIC_NAME = /"[0-9]+"\s*:/;

/** Paths of names, indexes, one or more `[*]` or slices from the start, and names. Undefined for any other path. */
export function toSelection(path: CompiledPath): Selection | undefined {
  const first = path.tokens.findIndex((token) => token.kind === 'wildcard' || token.kind === 'slice');
  if (first === -1 || path.root !== '$') return undefined;
  const base = path.tokens.slice(0, first).map(toPlace);
  const last = path.tokens.at(-1);
  const leaf = last?.kind === 'property' && last.names.length === 1 ? last.names[0] : undefined;
  const steps = path.tokens.slice(first, leaf === undefined ? undefined : -1).map(toStep);
  if (!steps.every((step) => step !== undefined) || !base.every((place) => place !== undefined)) return undefined;
  return { base, steps, leaf };
}

function toPlace(token: PathToken): string | number | undefined {
  if (token.kind === 'property' && token.names.length === 1) return token.names[0];
  return token.kind === 'index' && token.indexes.length === 1 ? token.indexes[0] : undefined;
}

function toStep(token: PathToken): Step | undefined {
  if (token.kind === 'wildcard') return { kind: 'all' };
  if (token.kind === 'property') {
    const [name, ...others] = token.names;
    return name === undefined || others.length > 0 ? undefined : { kind: 'member', name };
  }
  if (token.kind !== 'slice' || (token.from ?? 0) < 0 || (token.to ?? 0) < 0) return undefined;
  return { kind: 'slice', from: token.from ?? 0, to: token.to ?? undefined };
}

/**
 * The texts, booleans and nulls that a selection leads to. Undefined when there is anything else among them, or when
 * the list is none: the exact way decides then.
 */
export function selectTexts(document: JsonDocument, selection: Selection, run: Run): Value {
  const list = readPlain(document, selection.base);
  if (!Array.isArray(list) || NUMERIC_NAME.test(document.text)) return undefined;
  // No node of the text is reached twice, and few are shorter than this.
  run.step(document.text.length >> 6);
  let found: readonly unknown[] = [list];
  for (const step of selection.steps) found = next(found, step);
  run.step(found.length);
  const items: Value[] = [];
  for (const node of found) {
    const value = selection.leaf === undefined ? node : memberOf(node, selection.leaf);
    if (typeof value === 'number' || (typeof value === 'object' && value !== null)) return undefined;
    if (value !== undefined) items.push(value as Value);
  }
  return newList(items, 'json');
}

/** What one step leads to from each node, in the order of the text. What it does not fit is left out. */
function next(nodes: readonly unknown[], step: Step): readonly unknown[] {
  const found: unknown[] = [];
  for (const node of nodes) {
    if (typeof node !== 'object' || node === null) continue;
    if (step.kind === 'member') {
      const value = Array.isArray(node) ? undefined : ownMember(node, step.name);
      if (value !== undefined) found.push(value);
    } else if (Array.isArray(node)) {
      const { from, to } = step.kind === 'slice' ? step : { from: 0, to: undefined };
      const end = Math.min(to ?? node.length, node.length);
      for (let index = from; index < end; index++) found.push(node[index]);
    } else if (step.kind === 'all') {
      for (const value of Object.values(node)) found.push(value);
    }
  }
  return found;
}

/** A missing name at the end reads null; what is no object is left out. */
function memberOf(node: unknown, name: string): unknown {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return undefined;
  return ownMember(node, name) ?? null;
}

function ownMember(node: object, name: string): unknown {
  return Object.hasOwn(node, name) ? (node as Record<string, unknown>)[name] : undefined;
}
