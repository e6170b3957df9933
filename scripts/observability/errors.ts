import type { By, Matches, Promql } from './promql.ts';

/**
 * Failures of requests that callers did not cause. A route without an API is excluded, although its cause is not known: callers who try
 * paths that do not exist must not use up the error budget. The alert LambdaExtProcNoApi covers it.
 */
const failed = { kind: { not: ['no_api'] } } as const;

type Labels = Omit<Matches<'failures'>, 'kind'>;

/** Failures per second. */
function failures(promql: Promql, by: By<'failures'>, match: Labels = {}): string {
  return promql.rate('failures', { match: { ...match, ...failed }, by });
}

/** Number of failures in the window. */
export function failureCount(promql: Promql, by: By<'failures'>): string {
  return promql.increase('failures', { match: failed, by });
}

/** Failures as a share of all requests; 0 without failures. */
export function errorRatio(
  promql: Promql,
  by: By<'failures'> & By<'sidecarTime'>,
  match: Labels & Matches<'sidecarTime'> = {},
): string {
  const requests = promql.rate('sidecarTime', { match, by, part: '_count' });
  return `(${failures(promql, by, match)} or 0 * ${requests}) / ${requests}`;
}
