import type { By, Matches, Promql } from './promql.ts';

/**
 * Failures of requests that callers did not cause. Not among them, though nobody can tell who caused it: a route without an API. Who
 * tries paths that do not exist must not use up anybody's budget; LambdaExtProcNoApi is about these.
 */
const failed = { kind: { not: ['no_api'] } } as const;

type Labels = Omit<Matches<'failures'>, 'kind'>;

/** For each second. */
function failures(promql: Promql, by: By<'failures'>, match: Labels = {}): string {
  return promql.rate('failures', { match: { ...match, ...failed }, by });
}

/** Their number in the window. */
export function failureCount(promql: Promql, by: By<'failures'>): string {
  return promql.increase('failures', { match: failed, by });
}

/** Their share of all requests; 0 where there was none. */
export function errorRatio(
  promql: Promql,
  by: By<'failures'> & By<'sidecarTime'>,
  match: Labels & Matches<'sidecarTime'> = {},
): string {
  const requests = promql.rate('sidecarTime', { match, by, part: '_count' });
  return `(${failures(promql, by, match)} or 0 * ${requests}) / ${requests}`;
}
