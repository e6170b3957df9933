import { ExpressionError } from '../expression-error.ts';

/** Literal text, or the text of one expression with the offset of each of its characters in the template. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string; readonly offset: number }
  | { readonly kind: 'expression'; readonly text: string; readonly offsets: readonly number[] };

/** A piece of a template that is not an expression, and its position. */
export interface LiteralText {
  readonly text: string;
  readonly offset: number;
}

const PREFIX = '{#';

/**
 * Cuts a template as the original does, in two passes. First every `{` that is followed by spaces and `#`, `T` or `(`,
 * and whose braces nest at most one level, gets its expression marked; then the marked text is cut at `{#` … `}`. A raw
 * `{#` that the first pass did not take is cut too, and loses its `#`.
 */
export function splitTemplate(template: string): readonly TemplatePart[] {
  if (!template.includes('{')) return template === '' ? [] : [{ kind: 'text', text: template, offset: 0 }];
  const { text, offsets } = mark(template);
  const parts: TemplatePart[] = [];
  let at = 0;
  while (at < text.length) {
    const start = text.indexOf(PREFIX, at);
    if (start === -1) {
      parts.push({ kind: 'text', text: text.slice(at), offset: offsets[at] ?? 0 });
      break;
    }
    if (start > at) parts.push({ kind: 'text', text: text.slice(at, start), offset: offsets[at] ?? 0 });
    const from = start + PREFIX.length;
    const end = findEnd(text, from, (message, index) => {
      throw new ExpressionError('parse', message, template, offsets[index] ?? template.length);
    });
    const body = text.slice(from, end);
    const lead = body.length - body.trimStart().length;
    const trimmed = body.trim();
    if (trimmed === '') {
      throw new ExpressionError('parse', 'expected an expression between { and }', template, offsets[start] ?? 0);
    }
    parts.push({
      kind: 'expression',
      text: trimmed,
      offsets: offsets.slice(from + lead, from + lead + trimmed.length + 1),
    });
    at = end + 1;
  }
  return parts;
}

/** What a template says outside of its expressions. Throws ExpressionError as `splitTemplate` does. */
export function literalTexts(template: string): readonly LiteralText[] {
  return splitTemplate(template).flatMap((part) => (part.kind === 'text' ? [part] : []));
}

/** `{ #x}` becomes `{##x}`: the second `#` belongs to the expression. */
function mark(template: string): { readonly text: string; readonly offsets: readonly number[] } {
  let text = '';
  const offsets: number[] = [];
  const copy = (from: number, to: number) => {
    text += template.slice(from, to);
    for (let i = from; i < to; i++) offsets.push(i);
  };
  let done = 0;
  for (let at = template.indexOf('{'); at !== -1; ) {
    let first = at + 1;
    while (template.charAt(first) === ' ') first++;
    const end = '#T('.includes(template.charAt(first) || ' ') ? markedEnd(template, first + 1) : -1;
    if (end === -1) {
      at = template.indexOf('{', at + 1);
      continue;
    }
    copy(done, at);
    text += PREFIX;
    offsets.push(at, first);
    copy(first, end);
    done = end;
    at = template.indexOf('{', end);
  }
  copy(done, template.length);
  offsets.push(template.length);
  return { text, offsets };
}

/** The position after the closing brace, or -1: braces inside may nest one level, and quotes do not hide them. */
function markedEnd(template: string, from: number): number {
  let nested = false;
  for (let i = from; i < template.length; i++) {
    const character = template.charCodeAt(i);
    if (character === 0x7b) {
      if (nested) return -1;
      nested = true;
    } else if (character === 0x7d) {
      if (!nested) return i + 1;
      nested = false;
    }
  }
  return -1;
}

const opening: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** The `}` that ends an expression: the first one outside quotes and brackets. */
function findEnd(text: string, from: number, fail: (message: string, index: number) => never): number {
  const open: { readonly character: string; readonly index: number }[] = [];
  for (let i = from; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '}' && open.length === 0) return i;
    if (character === '{' || character === '[' || character === '(') {
      open.push({ character, index: i });
    } else if (character === ')' || character === ']' || character === '}') {
      const last = open.pop();
      if (last === undefined) fail(`'${character}' closes nothing`, i);
      else if (last.character !== opening[character]) fail(`'${character}' does not close '${last.character}'`, i);
    } else if (character === "'" || character === '"') {
      const end = text.indexOf(character, i + 1);
      if (end === -1) fail(`the string that begins here has no closing ${character}`, i);
      i = end;
    }
  }
  const last = open.pop();
  if (last !== undefined) return fail(`'${last.character}' is never closed`, last.index);
  return fail('expected } at the end of the expression', from - PREFIX.length);
}
