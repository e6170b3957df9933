import type { Selector } from './definition.ts';
import { hasOwnPattern, isParameter, isPattern } from './path-patterns.ts';

/**
 * Sets of requests. The gateway turns a path into a regular expression in which the last slash is optional, and looks
 * for it at the beginning (STARTS_WITH) or takes it as a whole (EQUALS): STARTS_WITH `/a` also matches `/ab`.
 */

/** Whether every request of `inner` is one of `outer`. May say no if it is not known. */
export function isWithin(inner: Selector, outer: Selector): boolean {
  return pathWithin(inner, outer) && methodsWithin(inner.methods, outer.methods);
}

/** Whether no request can be in both. May say no if it is not known. */
export function areDisjoint(a: Selector, b: Selector): boolean {
  return !pathsMeet(a, b) || !methodsMeet(a.methods, b.methods);
}

export function pathWithin(inner: Selector, outer: Selector): boolean {
  if (outer.operator === 'STARTS_WITH' && outer.segments.length === 0) return true;
  // Of two regular expressions only equality can be detected.
  if (hasOwnPattern(inner) || hasOwnPattern(outer)) return samePath(inner, outer);
  if (outer.operator === 'EQUALS') {
    return (
      inner.operator === 'EQUALS' &&
      inner.segments.length === outer.segments.length &&
      outer.segments.every((segment, index) => isParameter(segment) || segment === inner.segments[index])
    );
  }
  return outer.segments.every((segment, index) => {
    const other = inner.segments[index];
    if (other === undefined) return false;
    if (isParameter(segment)) return true;
    if (isParameter(other)) return false;
    if (index === outer.segments.length - 1) return other.startsWith(segment);
    return other === segment && isWhole(inner, index);
  });
}

export function methodsWithin(inner: readonly string[], outer: readonly string[]): boolean {
  return outer.length === 0 || (inner.length > 0 && inner.every((method) => outer.includes(method)));
}

function samePath(a: Selector, b: Selector): boolean {
  return (
    a.operator === b.operator &&
    a.segments.length === b.segments.length &&
    a.segments.every((segment, index) => segment === b.segments[index])
  );
}

export function sameSelector(a: Selector, b: Selector): boolean {
  return isWithin(a, b) && isWithin(b, a);
}

/** Whether a segment matches only itself, and no longer text that begins with it. */
function isWhole(selector: Selector, index: number): boolean {
  return selector.operator === 'EQUALS' || index < selector.segments.length - 1;
}

function pathsMeet(a: Selector, b: Selector): boolean {
  if (hasOwnPattern(a) || hasOwnPattern(b)) return true;
  if (a.operator === 'EQUALS' && a.segments.length < b.segments.length) return false;
  if (b.operator === 'EQUALS' && b.segments.length < a.segments.length) return false;
  for (let index = 0; index < Math.min(a.segments.length, b.segments.length); index++) {
    const left = a.segments[index] ?? '';
    const right = b.segments[index] ?? '';
    if (isParameter(left) || isParameter(right) || left === right) continue;
    const leftFits = !isWhole(b, index) && left.startsWith(right);
    const rightFits = !isWhole(a, index) && right.startsWith(left);
    if (!leftFits && !rightFits) return false;
  }
  return true;
}

function methodsMeet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === 0 || b.length === 0 || a.some((method) => b.includes(method));
}

/**
 * Which of two flows that both match a request the gateway takes in the mode BEST_MATCH: segment by segment a literal
 * beats a parameter, then the longer path wins. Negative: `a` wins. Zero: the first one.
 */
export function compareMatch(a: Selector, b: Selector): number {
  for (let index = 0; index < Math.min(a.segments.length, b.segments.length); index++) {
    const difference = score(b.segments[index]) - score(a.segments[index]);
    if (difference !== 0) return difference;
  }
  return b.segments.length - a.segments.length;
}

/** The gateway compares texts: a regular expression of the definition's own equals no path. */
function score(segment: string | undefined): number {
  if (segment === undefined) return 1;
  if (isParameter(segment)) return 0.5;
  return isPattern(segment) ? 0 : 1;
}

/** More specific first, because Envoy takes the first matching route. */
export function compareRoutes(a: Selector, b: Selector): number {
  const equals = Number(b.operator === 'EQUALS') - Number(a.operator === 'EQUALS');
  const methods = Number(b.methods.length > 0) - Number(a.methods.length > 0);
  return compareMatch(a, b) || equals || methods;
}
