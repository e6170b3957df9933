/** A template cut as the gateway's expression language cuts it. */
export interface TemplatePart {
  readonly kind: 'text' | 'expression';
  /** An expression is without the braces around it. */
  readonly text: string;
}

/** `{`, blanks, then `#`, `T` or `(`, up to the brace that ends it; braces inside may nest one level. */
const MARKED = /\{ *(?=[#T(])((?:[^{}]|\{[^{}]*\})*\})/g;

/** Undefined when an expression does not end: the whole template is an error then. */
export function cutTemplate(template: string): readonly TemplatePart[] | undefined {
  const text = template.replace(MARKED, '{#$1');
  const parts: TemplatePart[] = [];
  let at = 0;
  while (at < text.length) {
    const start = text.indexOf('{#', at);
    if (start === -1 || start > at) {
      parts.push({ kind: 'text', text: text.slice(at, start === -1 ? undefined : start) });
      if (start === -1) break;
    }
    const end = endOfExpression(text, start + 2);
    if (end === undefined) return undefined;
    parts.push({ kind: 'expression', text: text.slice(start + 2, end) });
    at = end + 1;
  }
  return parts;
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** The first closing brace outside quotes and brackets. */
function endOfExpression(text: string, start: number): number | undefined {
  const open: string[] = [];
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === "'" || character === '"') {
      at = text.indexOf(character, at + 1);
      if (at === -1) return undefined;
    } else if (character === '}' && open.length === 0) return at;
    else if (closing[character] !== undefined) open.push(closing[character]);
    else if (character === ')' || character === ']' || character === '}') {
      if (open.pop() !== character) return undefined;
    }
  }
  return undefined;
}
