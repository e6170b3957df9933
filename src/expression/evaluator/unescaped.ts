import type { Node, Step } from '../parser/ast.ts';
import type { UnescapedValue } from '../template.ts';
import { isNumber } from './numbers.ts';

type Pieces = readonly (string | Node)[];

/**
 * Expressions that a JSON text contains unescaped, although a quote or a brace in their value would change the JSON. Left
 * out are those that cannot contain one: numbers and booleans, `#json` and, in a JSON string, `#jsonEscape`, values of the configuration
 * itself, and names such as a method.
 */
export function unescapedIn(pieces: Pieces): readonly UnescapedValue[] {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined && typeof only !== 'string')
    return textsOf(only).flatMap(unescapedInText);
  return unescapedInText(pieces);
}

function unescapedInText(pieces: Pieces): readonly UnescapedValue[] {
  if (!looksLikeJson(pieces)) return [];
  const found: UnescapedValue[] = [];
  let inString = false;
  for (const piece of pieces) {
    if (typeof piece === 'string') inString = endsInString(piece, inString);
    else if (inString && isCall(piece, 'json')) found.push({ offset: piece.at, kind: 'twice' });
    else if (!isSafe(piece, inString)) found.push({ offset: piece.at, kind: inString ? 'quoted' : 'bare' });
  }
  return found;
}

/** The texts that an expression joins with `+` and `concat`, as pieces of a template: one for each of its branches. */
function textsOf(node: Node): readonly Pieces[] {
  if (node.kind === 'ternary') return [...textsOf(node.yes), ...textsOf(node.no)];
  if (node.kind === 'elvis') return [...textsOf(node.value), ...textsOf(node.otherwise)];
  const pieces: (string | Node)[] = [];
  // From the last to the first, not by recursion: long sums are deep trees.
  const rest: Node[] = [node];
  for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
    const parts = partsOf(part);
    const before = pieces[0];
    if (parts !== undefined) rest.push(...parts);
    else if (part.kind !== 'literal' || typeof part.value !== 'string') pieces.unshift(part);
    else if (typeof before === 'string') pieces[0] = part.value + before;
    else pieces.unshift(part.value);
  }
  return [pieces];
}

/** The parts that a text is joined from. */
function partsOf(node: Node): readonly Node[] | undefined {
  if (node.kind === 'binary' && node.operator === '+') return [node.left, node.right];
  if (node.kind !== 'chain') return undefined;
  const parts = [node.start];
  for (const step of node.steps) {
    if (step.kind !== 'method' || step.name !== 'concat') return undefined;
    parts.push(...step.args);
  }
  return parts;
}

/** An object, a list or a string; a text such as `[info] started` is not one. */
function looksLikeJson(pieces: Pieces): boolean {
  const [first, , third] = pieces;
  const last = pieces.at(-1);
  if (typeof first !== 'string') return false;
  if (/^\s*\{\s*["}]/.test(first)) return true;
  if (/^\s*\{\s*$/.test(first) && typeof third === 'string' && /^\s*:/.test(third)) return true;
  if (/^\s*"/.test(first) && JSON_STRING.test(pieces.map((piece) => (typeof piece === 'string' ? piece : '')).join('')))
    return true;
  return (
    /^\s*\[\s*(?:$|[[{"\]]|-?\d|true\b|false\b|null\b)/.test(first) && typeof last === 'string' && /\]\s*$/.test(last)
  );
}

const JSON_STRING = /^\s*"(?:[^"\\]|\\.)*"\s*$/s;

/** Whether a JSON string is open at the end of the text. */
function endsInString(text: string, before: boolean): boolean {
  let inString = before;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x22) inString = !inString;
    else if (char === 0x5c && inString) at++;
  }
  return inString;
}

function isSafe(node: Node, inString: boolean): boolean {
  if (node.kind === 'ternary') return isSafe(node.yes, inString) && isSafe(node.no, inString);
  if (node.kind === 'elvis') return isSafe(node.value, inString) && isSafe(node.otherwise, inString);
  if (isPlain(node) || isFixed(node)) return true;
  if (!inString) return isCall(node, 'json');
  if (node.kind === 'binary' && node.operator === '+') return isSafe(node.left, true) && isSafe(node.right, true);
  return isCall(node, 'jsonEscape') || isProperty(node, NAMES);
}

function isCall(node: Node, name: string): boolean {
  return node.kind === 'function' && node.name === name;
}

/** A number or a boolean, whatever the request. */
function isPlain(node: Node): boolean {
  switch (node.kind) {
    case 'literal':
      return typeof node.value === 'boolean' || isNumber(node.value);
    case 'unary':
      return true;
    case 'binary':
      return ARITHMETIC.has(node.operator) ? isPlain(node.left) && isPlain(node.right) : true;
    case 'ternary':
      return isPlain(node.yes) && isPlain(node.no);
    case 'elvis':
      return isPlain(node.value) && isPlain(node.otherwise);
    case 'chain':
      return isProperty(node, NUMBERS) || endsInNumber(node.start, node.steps);
    default:
      return false;
  }
}

/** `+` and `*` make texts of texts too. */
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '^']);

function endsInNumber(start: Node, steps: readonly Step[]): boolean {
  const last = steps.at(-1);
  if (last?.kind !== 'method') return false;
  if (start.kind !== 'type' || steps.length > 1) return NUMBER_METHODS.has(last.name);
  return NUMBER_TYPES.test(start.name) && !last.name.startsWith('to');
}

/** Methods of any object that return a number or a boolean. */
const NUMBER_METHODS: ReadonlySet<string> = new Set([
  ...[
    'booleanValue',
    'compareTo',
    'compareToIgnoreCase',
    'contains',
    'containsAllKeys',
    'containsKey',
    'containsValue',
  ],
  ...[
    'doubleValue',
    'endsWith',
    'equals',
    'equalsIgnoreCase',
    'floatValue',
    'getTime',
    'hashCode',
    'indexOf',
    'intValue',
  ],
  ...['isBlank', 'isEmpty', 'lastIndexOf', 'length', 'longValue', 'matches', 'shortValue', 'size', 'startsWith'],
]);

/** Classes whose static methods return numbers or booleans, except those called `to…`. */
const NUMBER_TYPES = /^(?:java\.lang\.)?(?:Boolean|Byte|Double|Float|Integer|Long|Math|Short|System)$/;

const NUMBERS: ReadonlySet<string> = new Set([
  'error.statusCode',
  'lambdaResponse.status',
  'request.timestamp',
  'response.status',
]);

/** Texts that cannot have a quote in them. */
const NAMES: ReadonlySet<string> = new Set(['error.key', 'request.method', 'request.scheme', 'request.version']);

function isProperty(node: Node, names: ReadonlySet<string>): boolean {
  if (node.kind !== 'chain' || node.start.kind !== 'variable' || node.steps.length !== 1) return false;
  const [step] = node.steps;
  return step?.kind === 'property' && names.has(`${node.start.name}.${step.name}`);
}

/** Values of the configuration itself, which callers cannot influence. */
const CONFIGURED: ReadonlySet<string> = new Set([
  'api',
  'dictionaries',
  'endpoints',
  'node',
  'properties',
  'root',
  'this',
]);

function isFixed(node: Node): boolean {
  // A work list instead of recursion: long sums are deep trees.
  const rest: unknown[] = [node];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== 'object' || value === null) continue;
    if ('kind' in value && value.kind === 'variable' && 'name' in value && !CONFIGURED.has(String(value.name)))
      return false;
    rest.push(...Object.values(value));
  }
  return true;
}
