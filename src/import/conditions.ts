import type { Selector } from './definition.ts';
import { isParameter } from './selectors.ts';

/** Conditions in the expression language, without the braces around them. */

/** `{#a == 'b'}` and the bare `#a == 'b'` without braces; undefined for text that is more than one expression. */
export function bareCondition(condition: string): string | undefined {
  const text = condition.trim();
  if (!text.startsWith('{')) return text.includes('{#') ? undefined : text;
  const inner = text.slice(1, -1).trim();
  // A second template inside would need braces of its own.
  return text.endsWith('}') && !inner.includes('{#') && isOneExpression(text) ? inner : undefined;
}

/** Whether the first brace is closed by the last character; strings may hold braces. */
function isOneExpression(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "'") quoted = !quoted;
    else if (quoted) continue;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return at === text.length - 1;
  }
  return false;
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

/** Strings aside, only these bind weaker than `&&`. */
function needsParentheses(part: string): boolean {
  return /\|\||\?|\bor\b/i.test(part.replace(/'[^']*'/g, ''));
}

/** That the path of a request is in the selector, below the context path. */
export function pathCondition({ operator, segments }: Selector, contextPath: string): string {
  const path = contextPath + segments.map((segment) => `/${segment}`).join('');
  if (segments.some(isParameter)) {
    const pattern = pathPattern({ operator, segments, methods: [] }, contextPath);
    return `#request.path matches ${quote(pattern)}`;
  }
  if (operator === 'STARTS_WITH') return `#request.path.startsWith(${quote(path)})`;
  return `#request.path == ${quote(path)} || #request.path == ${quote(`${path}/`)}`;
}

export function methodCondition(methods: readonly string[]): string {
  return methods.map((method) => `#request.method == ${quote(method)}`).join(' || ');
}

/** A regular expression for the whole path, in the syntax that Envoy and the expression language share. */
export function pathPattern({ operator, segments }: Selector, contextPath: string): string {
  const parts = segments.map((segment) => (isParameter(segment) ? '/[^/]+' : `/${escapePattern(segment)}`));
  return `${escapePattern(contextPath)}${parts.join('')}${operator === 'EQUALS' ? '/?' : '.*'}`;
}

export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
