import { type BodyTemplate, type CompiledTemplate, compileJson, type JsonPiece } from '../../expression/index.ts';
import { type DocumentPath, formatPath } from '../problem.ts';
import type { BodyDocument } from '../schema/index.ts';
import { jsonNumber } from './json-number.ts';
import { warnOfUnescaped } from './unescaped.ts';

/** Where a body is compiled: a ConfigurationScope, or a place of the document outside of configurations. */
export interface BodyScope {
  /** Undefined after a reported error. */
  template(path: DocumentPath, text: string): CompiledTemplate | undefined;
  error(path: DocumentPath, message: string, part?: 'key' | 'value'): void;
  warnInText(path: DocumentPath, offset: number, message: string): void;
  /** How the number at `path` is written. */
  numberText(path: DocumentPath, value: number): string;
}

/**
 * The body of a payload, a message or an answer, text or JSON: undefined if there is none, or after a reported error. An empty
 * text is a body here.
 */
export function compileBody(
  value: BodyDocument | null | undefined,
  path: DocumentPath,
  scope: BodyScope,
): BodyTemplate | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return compileText(value, path, scope);
  const pieces: JsonPiece[] = [];
  writeValue(value, { path, names: [], scope, pieces });
  return compileJson(pieces);
}

function compileText(text: string, path: DocumentPath, scope: BodyScope): CompiledTemplate | undefined {
  const template = scope.template(path, text);
  if (template !== undefined) warnOfUnescaped(template, path, scope, 'body');
  return template;
}

interface Place {
  readonly path: DocumentPath;
  /** The path inside the body. */
  readonly names: DocumentPath;
  readonly scope: BodyScope;
  readonly pieces: JsonPiece[];
}

function inside({ path, names, ...rest }: Place, name: string | number): Place {
  return { path: [...path, name], names: [...names, name], ...rest };
}

/** Recursive: the reader of documents already limits nesting and size. */
function writeValue(value: unknown, place: Place): void {
  const { path, names, scope, pieces } = place;
  if (value === null || typeof value === 'boolean') pieces.push(String(value));
  else if (typeof value === 'string') {
    const template = compileText(value, path, scope);
    if (template !== undefined) pieces.push({ template, name: formatPath(names) });
  } else if (typeof value === 'number') {
    const text = jsonNumber(value, scope.numberText(path, value));
    if (text === undefined) scope.error(path, 'is not a valid number in JSON: put it in quotes');
    else pieces.push(text);
  } else if (Array.isArray(value)) writeList(value, place);
  else if (isPlainObject(value)) writeObject(value, place);
  else scope.error(path, 'is not a valid value in JSON: put it in quotes');
}

function writeList(items: readonly unknown[], place: Place): void {
  place.pieces.push('[');
  for (const [index, item] of items.entries()) {
    if (index > 0) place.pieces.push(',');
    writeValue(item, inside(place, index));
  }
  place.pieces.push(']');
}

function writeObject(object: Readonly<Record<string, unknown>>, place: Place): void {
  const { scope, pieces } = place;
  let before = '{';
  for (const [key, value] of Object.entries(object)) {
    const inner = inside(place, key);
    checkKey(key, value, inner.path, scope);
    pieces.push(`${before}${JSON.stringify(key)}:`);
    writeValue(value, inner);
    before = ',';
  }
  pieces.push(before === '{' ? '{}' : '}');
}

/** What begins an expression in a template. */
const EXPRESSION = /\{ *(?:#|T\(|\()/;
/** YAML reads an unquoted `{(1 + 1)}` as a map with this key. */
const BARE_EXPRESSION = /^(?:T\(|\()/;

function checkKey(key: string, value: unknown, path: DocumentPath, scope: BodyScope): void {
  if (EXPRESSION.test(key)) {
    scope.error(
      path,
      'a key is plain text and is not evaluated: write the expression as a value, or the body as text with {#json(…)}',
      'key',
    );
  } else if (value === null && BARE_EXPRESSION.test(key)) {
    scope.error(path, 'is an expression without quotes, which YAML reads as an object: write "{…}" in quotes', 'key');
  } else if (key === '<<' && typeof value === 'object' && value !== null) {
    scope.error(
      path,
      "YAML's merge key is not supported: write its fields out, or use an alias for a whole value",
      'key',
    );
  }
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
