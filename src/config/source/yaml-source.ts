import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import type { DocumentPath, Position } from '../problem.ts';
import { blockOffset, plainOffset, quotedOffset, singleQuotedOffset } from './scalar-offset.ts';
import { type Source, SourceError, sourceLimits } from './source.ts';

/** YAML 1.2 (and so JSON) with positions: duplicate keys, tags and alias bombs are refused. Throws SourceError. */
export function parseYaml(text: string): Source {
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  // With `prettyErrors` off the messages do not quote the text.
  const error = document.errors[0] ?? document.warnings[0];
  if (error !== undefined) {
    // The parser is recursive and reports an exhausted stack as an error of the text.
    if (error.message.includes('call stack')) throw tooDeep(position(error.pos[0]));
    throw new SourceError(`not valid YAML: ${error.message}`, position(error.pos[0]));
  }
  checkKeysAndDepth(document, position);
  return {
    data: toData(document),
    locate: (path, part = 'value') => {
      const found = find(document, path);
      const node = part === 'key' && found.key !== undefined ? found.key : found.value;
      return position(startOf(node));
    },
    locateInText: (path, offset) => {
      const { value } = find(document, path);
      return position(scalarOffset(text, value, offset));
    },
  };
}

function toData(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) {
      throw new SourceError('not valid YAML: too many aliases, or an alias of itself', { line: 1, column: 1 });
    }
    throw error;
  }
}

function checkKeysAndDepth(document: Document.Parsed, position: (offset: number) => Position): void {
  visit(document, (_key, node, ancestors) => {
    if (isDeep(ancestors)) throw tooDeep(position(startOf(node)));
    if (!isPair(node)) return;
    const { key } = node;
    if (!isScalar(key)) throw new SourceError('a key must be plain text', position(startOf(key)));
    if (key.value === '__proto__') throw new SourceError('"__proto__" cannot be a name', position(startOf(key)));
  });
}

/** Counts collections only: a pair between two maps is no level of its own. */
function isDeep(ancestors: readonly unknown[]): boolean {
  const { depth } = sourceLimits;
  return ancestors.length > depth && ancestors.filter((node) => isMap(node) || isSeq(node)).length > depth;
}

function tooDeep(position: Position): SourceError {
  return new SourceError(`nested deeper than ${sourceLimits.depth} levels`, position);
}

function find(document: Document.Parsed, path: DocumentPath): { key: unknown; value: unknown } {
  let value: unknown = document.contents;
  let key: unknown;
  for (const part of path) {
    const parent = isAlias(value) ? value.resolve(document) : value;
    if (isSeq(parent) && typeof part === 'number' && parent.items[part] !== undefined) {
      key = undefined;
      value = parent.items[part];
    } else if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
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

function scalarOffset(text: string, node: unknown, offset: number): number {
  const start = startOf(node);
  if (!isScalar(node)) return start;
  const end = node.range?.[1] ?? start;
  const limit = (at: number): number => Math.min(at, Math.max(start, end - 1));
  switch (node.type) {
    case 'QUOTE_DOUBLE':
      return limit(quotedOffset(text, start, offset));
    case 'QUOTE_SINGLE':
      return limit(singleQuotedOffset(text, start, offset));
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED':
      return limit(blockOffset(text, start, offset));
    default:
      return limit(plainOffset(text, start, offset));
  }
}
