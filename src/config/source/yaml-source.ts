import {
  type Alias,
  type Document,
  type DocumentOptions,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type ParseOptions,
  parseAllDocuments,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import type { DocumentPath, Position } from '../problem.ts';
import {
  blockScalar,
  plainScalar,
  quotedScalar,
  type ScalarStyle,
  scalarOffset,
  singleQuotedScalar,
} from './scalar-offset.ts';
import { type Source, SourceError, sourceLimits } from './source.ts';
import { placesOf } from './text-places.ts';
import { keyMistake, type Mistake, mistakeOf, plainMistake } from './yaml-mistakes.ts';

/** YAML 1.2 (and so JSON) with positions: duplicate keys, tags and alias bombs are refused. Throws SourceError. */
export function parseYaml(text: string): Source {
  const lines = new LineCounter();
  return sourceOf(parseDocument(text, optionsOf(lines)), text, lines);
}

/** The same for each document of a text; those that are empty are left out. */
export function parseYamlDocuments(text: string): readonly Source[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, optionsOf(lines));
  if (documents.length === 0) return [parseYaml(text)];
  const sources = documents.map((document) => sourceOf(document, text, lines));
  const filled = sources.filter(({ data }) => data !== null && data !== undefined);
  return filled.length === 0 ? sources.slice(0, 1) : filled;
}

/** Duplicate names are found in `checkNodes`: the library compares each name of a map with all others. */
function optionsOf(lineCounter: LineCounter): ParseOptions & DocumentOptions {
  return { lineCounter, prettyErrors: false, uniqueKeys: false };
}

function sourceOf(document: Document.Parsed, text: string, lines: LineCounter): Source {
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const error = document.errors[0] ?? document.warnings[0];
  if (error !== undefined) {
    // The parser is recursive and reports an exhausted stack as an error of the text.
    if (error.message.includes('call stack')) throw tooDeep(position(error.pos[0]));
    throw failure(mistakeOf(text, error, document), position);
  }
  const targets = checkNodes(document, text, position);
  const data = toData(document);
  if (targets.size > 0) {
    if (depthOf(data) > sourceLimits.depth) throw tooDeep({ line: 1, column: 1 });
    if (valuesIn(data) > sourceLimits.values) {
      const reason = `aliases repeat so much that there are more than ${sourceLimits.values} values`;
      throw new SourceError(reason, { line: 1, column: 1 });
    }
  }
  const pairs: Pairs = new WeakMap();
  return {
    data,
    locate: (path, part = 'value') => {
      const found = find({ document, targets, pairs }, path);
      const node = part === 'key' && found.key !== undefined ? found.key : found.value;
      return position(startOf(node));
    },
    locateInText: (path, offset) => {
      const { value } = find({ document, targets, pairs }, path);
      return position(offsetIn(text, value, offset));
    },
    textPlaces: (path) => {
      const { value } = find({ document, targets, pairs }, path);
      const node = isAlias(value) ? targets.get(value) : value;
      if (!isScalar(node) || typeof node.value !== 'string') return undefined;
      const { first, after } = styleOf(text, node);
      return placesOf(text, first, after, node.value.length, position);
    },
    isUnwritten: (path) => {
      const { value } = find({ document, targets, pairs }, path);
      return isUnwritten(isAlias(value) ? targets.get(value) : value);
    },
    numberText: (path) => {
      const { value } = find({ document, targets, pairs }, path);
      const node = isAlias(value) ? targets.get(value) : value;
      return isScalar(node) && typeof node.value === 'number' ? node.source : undefined;
    },
  };
}

function failure({ reason, offset }: Mistake, position: (offset: number) => Position): SourceError {
  return new SourceError(`not valid YAML: ${reason}`, position(offset));
}

function toData(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) {
      throw new SourceError('not valid YAML: too many aliases', { line: 1, column: 1 });
    }
    throw error;
  }
}

/** The node of each alias. */
type Targets = ReadonlyMap<Alias, Node>;

/** Returns all aliases. Throws for data that is not plain: keys that are not text, aliases of nothing or of themselves. */
function checkNodes(document: Document.Parsed, text: string, position: (offset: number) => Position): Targets {
  const targets = new Map<Alias, Node>();
  // The library's own `resolve` walks through the whole document for each alias.
  const anchors = new Map<string, Node>();
  const names = new Map<unknown, Map<string, number>>();
  const fail = (mistake: Mistake | undefined): void => {
    if (mistake !== undefined) throw failure(mistake, position);
  };
  visit(document, (_key, node, ancestors) => {
    if (isDeep(ancestors)) throw tooDeep(position(startOf(node)));
    if (isAlias(node)) {
      if (targets.size === sourceLimits.aliases) throw new SourceError('too many aliases', position(startOf(node)));
      const target = anchors.get(node.source);
      if (target === undefined) {
        const reason =
          'not valid YAML: a text that begins with * must be in quotes, otherwise YAML reads it as an alias, and its anchor does not exist';
        throw new SourceError(reason, position(startOf(node)));
      }
      if (ancestors.includes(target)) throw new SourceError('an alias of itself', position(startOf(node)));
      targets.set(node, target);
    } else if (isNode(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isScalar(node) && node.type === 'PLAIN' && node.range) {
      fail(plainMistake(text, node.range[0], node.range[1], node.value));
    }
    if (!isPair(node)) return;
    const { key } = node;
    if (isNode(key) && key.range) fail(keyMistake(text, [key.range[0], key.range[1]], isUnwritten(node.value)));
    if (!isScalar(key)) throw new SourceError('a key must be plain text', position(startOf(key)));
    if (key.value === '__proto__') throw new SourceError('"__proto__" cannot be a name', position(startOf(key)));
    const map = ancestors.at(-1);
    const known = names.get(map) ?? new Map<string, number>();
    names.set(map, known);
    const name = String(key.value);
    const first = known.get(name);
    if (first !== undefined) {
      const reason = `not valid YAML: duplicate field, first in line ${position(first).line}: remove one of them`;
      throw new SourceError(reason, position(startOf(key)));
    }
    known.set(name, startOf(key));
  });
  const used = new Set(targets.values());
  const empty = [...anchors.values()].find((node) => isUnwritten(node) && !used.has(node));
  if (empty !== undefined) {
    const reason =
      'not valid YAML: a text that begins with & must be in quotes: YAML reads it as an anchor, here without a value';
    throw new SourceError(reason, position(text.lastIndexOf('&', startOf(empty))));
  }
  return targets;
}

/** An implicit null. */
function isUnwritten(node: unknown): boolean {
  return isScalar(node) && node.value === null && !node.source;
}

/** Aliases make data deeper than its text. What they share is measured once. */
function depthOf(data: unknown, measured = new Map<object, number>()): number {
  if (typeof data !== 'object' || data === null) return 0;
  const known = measured.get(data);
  if (known !== undefined) return known;
  const depth =
    1 + Object.values(data).reduce((deepest: number, item) => Math.max(deepest, depthOf(item, measured)), 0);
  measured.set(data, depth);
  return depth;
}

/** How many values there are with all aliases written out. What they share is counted once and added each time. */
function valuesIn(data: unknown, counted = new Map<object, number>()): number {
  if (typeof data !== 'object' || data === null) return 1;
  const known = counted.get(data);
  if (known !== undefined) return known;
  const values = Object.values(data).reduce((sum: number, item) => sum + valuesIn(item, counted), 1);
  counted.set(data, values);
  return values;
}

/** Counts only collections: a pair between two maps is not a level. */
function isDeep(ancestors: readonly unknown[]): boolean {
  const { depth } = sourceLimits;
  return ancestors.length > depth && ancestors.filter((node) => isMap(node) || isSeq(node)).length > depth;
}

function tooDeep(position: Position): SourceError {
  return new SourceError(`nested deeper than ${sourceLimits.depth} levels`, position);
}

/** The pairs of the maps that were looked into, by name. */
type Pairs = WeakMap<object, ReadonlyMap<string, Pair>>;

interface Parsed {
  readonly document: Document.Parsed;
  readonly targets: Targets;
  readonly pairs: Pairs;
}

function find({ document, targets, pairs }: Parsed, path: DocumentPath): { key: unknown; value: unknown } {
  let value: unknown = document.contents;
  let key: unknown;
  for (const part of path) {
    const parent = isAlias(value) ? targets.get(value) : value;
    if (isSeq(parent) && typeof part === 'number' && parent.items[part] !== undefined) {
      key = undefined;
      value = parent.items[part];
    } else if (isMap(parent)) {
      let byName = pairs.get(parent);
      if (byName === undefined) {
        byName = new Map(parent.items.map((item) => [isScalar(item.key) ? String(item.key.value) : '', item]));
        pairs.set(parent, byName);
      }
      const pair = byName.get(String(part));
      if (pair === undefined) return { key, value };
      key = pair.key;
      value = pair.value ?? pair.key;
    } else return { key, value };
  }
  return { key, value };
}

function startOf(node: unknown): number {
  if (isPair(node)) return startOf(node.key);
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

function offsetIn(text: string, node: unknown, offset: number): number {
  const start = startOf(node);
  if (!isScalar(node)) return start;
  const end = node.range?.[1] ?? start;
  return Math.min(scalarOffset(text, styleOf(text, node), offset), Math.max(start, end - 1));
}

function styleOf(text: string, node: Scalar): ScalarStyle {
  const start = startOf(node);
  switch (node.type) {
    case 'QUOTE_DOUBLE':
      return quotedScalar(text, start);
    case 'QUOTE_SINGLE':
      return singleQuotedScalar(text, start);
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED':
      return blockScalar(text, start);
    default:
      return plainScalar(text, start);
  }
}
