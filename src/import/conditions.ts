import { cutTemplate } from './template-text.ts';

/** How the gateway reads the text of a condition. */
export type Condition =
  | { readonly kind: 'always' }
  /** `why`: a sentence for readers, about the condition. */
  | { readonly kind: 'never'; readonly why: string }
  /** One expression, without the braces around it. */
  | { readonly kind: 'expression'; readonly bare: string };

const TRUE_TEXTS: ReadonlySet<string> = new Set(['true', 'on', 'yes', '1']);
const FALSE_TEXTS: ReadonlySet<string> = new Set(['false', 'off', 'no', '0']);

/**
 * The gateway evaluates a condition as a template whose text must be a boolean: `{#a == 'b'}` is one expression,
 * `#a == 'b'` is text that is not a boolean, and `{#a} && {#b}` gives `true && true`, which is not one either.
 */
export function readCondition(text: string | undefined): Condition {
  if (text === undefined) return { kind: 'always' };
  const parts = cutTemplate(text.trim());
  if (parts === undefined) return { kind: 'never', why: 'its condition has an expression that does not end' };
  const [first] = parts;
  if (parts.length === 1 && first?.kind === 'expression') return { kind: 'expression', bare: first.text.trim() };
  if (parts.some(({ kind }) => kind === 'expression')) {
    return { kind: 'never', why: 'its condition has more than one expression in braces, so its text is not a boolean' };
  }
  const word = text.trim().toLowerCase();
  if (TRUE_TEXTS.has(word)) return { kind: 'always' };
  if (FALSE_TEXTS.has(word)) return { kind: 'never', why: 'its condition is always false' };
  return {
    kind: 'never',
    why: 'its condition is not an expression in braces: one begins with {#, {T( or {( and ends with }',
  };
}

/** All of them, as one expression in braces; undefined for none. */
export function allOf(parts: readonly string[]): string | undefined {
  const [only] = parts;
  if (only === undefined) return undefined;
  if (parts.length === 1 && only.startsWith('#')) return `{${only}}`;
  const joined = conjunction(parts);
  // Braces open an expression only before a `#`.
  return joined.startsWith('#') ? `{${joined}}` : `{#request.path != null && ${joined}}`;
}

export function noneOf(parts: readonly string[]): string {
  return `!(${conjunction(parts)})`;
}

function conjunction(parts: readonly string[]): string {
  return parts.map((part) => (parts.length > 1 && needsParentheses(part) ? `(${part})` : part)).join(' && ');
}

/** Outside strings, only these bind weaker than `&&`. */
function needsParentheses(part: string): boolean {
  return /\|\||\?|\bor\b/i.test(part.replace(/'[^']*'|"[^"]*"/g, ''));
}

export function methodCondition(methods: readonly string[]): string {
  return methods.map((method) => `#request.method == ${quote(method)}`).join(' || ');
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
