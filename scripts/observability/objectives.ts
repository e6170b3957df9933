import { errorRatio, failureCount } from './errors.ts';
import { Promql } from './promql.ts';

/** The objectives, as shares of all requests and invocations over 30 days. docs/guides/operate.md describes how to change them. */
export const OBJECTIVES = {
  /** Share of an API's requests that may end in an error of the sidecar, a function, or AWS. */
  errors: 0.001,
  /** Share of an API's invocations of a function that may take longer than `seconds`. */
  slow: 0.01,
  /** Must be a bound of the histogram's buckets. */
  seconds: '1',
} as const;

/** A burn rate of 1 uses up a month's budget in one month. The values are those of chapter 5 of Google's Site Reliability Workbook. */
const BURNS = [
  { rate: 14.4, long: '1h', short: '5m', for: '2m', severity: 'critical' },
  { rate: 6, long: '6h', short: '30m', for: '5m', severity: 'critical' },
  { rate: 3, long: '1d', short: '2h', for: '15m', severity: 'warning' },
  { rate: 1, long: '3d', short: '6h', for: '1h', severity: 'warning' },
] as const;

/** No alert for fewer events than this in the long window: one failure among ten requests at night would already be ten percent. */
const FEWEST = 10;

const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;
const bare = new Promql([], '');

/** A rule that records the value of an expression under a name. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
}

export interface BurnAlert {
  readonly expr: string;
  readonly for: string;
  readonly severity: 'critical' | 'warning';
  readonly long: string;
  readonly rate: number;
}

const errorsOver = (window: string): string => `job_api:lambda_ext_proc_errors:ratio_rate${window}`;
const slowOver = (window: string): string => `job_api_function:lambda_ext_proc_slow_invocations:ratio_rate${window}`;

/** Rules for both shares over each window. */
export function recordings(): readonly Recording[] {
  return WINDOWS.flatMap((window) => [
    { record: errorsOver(window), expr: errorRatio(bare.over(window), ['job', 'api']) },
    { record: slowOver(window), expr: slowRatio(window) },
  ]);
}

function slowRatio(window: string): string {
  const promql = bare.over(window);
  const by = ['job', 'api', 'function'] as const;
  const all = promql.rate('invocationTime', { by, part: '_count' });
  return `1 - ${fast(promql, 'rate')} / ${all}`;
}

/** Invocations within the objective's time. The catalogue has no `le`: each bucket of a histogram has one. */
function fast(promql: Promql, what: 'rate' | 'increase'): string {
  const by = ['job', 'api', 'function'] as const;
  const text = promql[what]('invocationTime', { by, part: '_bucket' });
  return text.replace('_bucket', `_bucket{le="${OBJECTIVES.seconds}"}`);
}

/** Alerts if the share of errors is too high in the long window and also in the short one. */
export function errorBurns(): readonly BurnAlert[] {
  return BURNS.map(({ rate, long, short, ...rest }) => ({
    ...rest,
    rate,
    long,
    expr: [
      `${errorsOver(long)} > ${rate} * ${OBJECTIVES.errors}`,
      `and ${errorsOver(short)} > ${rate} * ${OBJECTIVES.errors}`,
      `and ${failureCount(bare.over(long), ['job', 'api'])} >= ${FEWEST}`,
    ].join('\n'),
  }));
}

/** See errorBurns. */
export function slowBurns(): readonly BurnAlert[] {
  return BURNS.map(({ rate, long, short, ...rest }) => {
    const promql = bare.over(long);
    const by = ['job', 'api', 'function'] as const;
    const slow = `${promql.increase('invocationTime', { by, part: '_count' })} - ${fast(promql, 'increase')}`;
    return {
      ...rest,
      rate,
      long,
      expr: [
        `${slowOver(long)} > ${rate} * ${OBJECTIVES.slow}`,
        `and ${slowOver(short)} > ${rate} * ${OBJECTIVES.slow}`,
        `and (${slow}) >= ${FEWEST}`,
      ].join('\n'),
    };
  });
}
