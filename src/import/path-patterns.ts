import { RE2JS } from 're2js';
import { quote } from './conditions.ts';
import type { Selector } from './definition.ts';

/**
 * The gateway makes a regular expression of a flow's path without quoting its segments, so that `/items/[0-9]+` is for
 * numbers only and a dot matches any character. Envoy and the expression language share the syntax of RE2.
 */

export function isParameter(segment: string): boolean {
  return segment.startsWith(':');
}

/** Whether a segment can match other texts than itself. */
export function isPattern(segment: string): boolean {
  return isParameter(segment) || /[.*+?^$(){}|[\]\\]/.test(segment);
}

/** Whether a path has segments that are regular expressions of the definition's own. */
export function hasOwnPattern({ segments }: Selector): boolean {
  return segments.some((segment) => !isParameter(segment) && isPattern(segment));
}

/** Whether Envoy can match the path. */
export function isCarriedPath(selector: Selector): boolean {
  return !hasOwnPattern(selector) || isRe2(pathPattern(selector, ''));
}

/** Whether RE2, which has neither look-around nor back-references, understands a regular expression. */
export function isRe2(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

/** A regular expression for the whole path, in the syntax that Envoy and the expression language share. */
export function pathPattern({ operator, segments }: Selector, contextPath: string): string {
  const parts = segments.map((segment) => (isParameter(segment) ? '[^/]+' : segment)).join('/');
  const path = parts === '' ? '' : `/${parts}`;
  // The last slash is optional. An alternative at the top level divides the whole path, as it does in the gateway.
  const own = path.includes('|') ? `(?:${path}/?)` : path;
  const end = path.includes('|') ? '' : '/?';
  return `${escapePattern(contextPath)}${own}${operator === 'EQUALS' ? end : '.*'}`;
}

export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A condition: the path of a request is in the selector, below the context path. */
export function pathCondition(selector: Selector, contextPath: string): string {
  const { operator, segments } = selector;
  const path = contextPath + segments.map((segment) => `/${segment}`).join('');
  // A lone brace in a string would end the expression for the gateway's rules of cutting templates.
  if (segments.some(isPattern) || /[{}]/.test(path)) {
    return `#request.path matches ${quote(withoutBraces(pathPattern(selector, contextPath)))}`;
  }
  if (operator === 'STARTS_WITH') return `#request.path.startsWith(${quote(path)})`;
  return `#request.path == ${quote(path)} || #request.path == ${quote(`${path}/`)}`;
}

function withoutBraces(pattern: string): string {
  return pattern.replaceAll('\\{', '\\x7B').replaceAll('\\}', '\\x7D');
}
