import { failureKinds } from '../../observability/index.ts';
import { countText, durationText, rateText, spanText } from '../numbers.ts';
import { plotPath, type Span } from '../plot.ts';
import { FUNCTION_WINDOW_MS } from './history.ts';
import { type Buckets, quantile, since } from './quantile.ts';
import { type Interval, intervalsOf, lastInterval, observed, rise } from './samples.ts';
import type { FunctionTotals, Totals } from './totals.ts';

/** The period of `now`: long enough to show a few requests per minute. */
const NOW_MS = 60_000;
const HOUR_MS = 3_600_000;
const MOST_ROWS = 20;

/** One plot with its numbers, as the page shows them. */
export interface PlotView {
  readonly now: string;
  readonly highest: string;
  /** The `d` of each line. */
  readonly paths: readonly string[];
}

/** Texts by slot; `key` identifies a row of a list. */
export interface Row {
  readonly key: string;
  readonly [slot: string]: string;
}

export interface TrafficView {
  /** How far back the plots reach, e.g. `1 h`. */
  readonly reach: string;
  readonly requests: PlotView;
  readonly failures: PlotView;
  readonly lambda: PlotView;
  readonly sidecar: PlotView;
  readonly invocationErrors: readonly Row[];
  readonly failureKinds: readonly Row[];
  readonly functions: readonly Row[];
}

/** `samples`: oldest first. */
export function trafficView(samples: readonly Totals[]): TrafficView {
  const to = samples.at(-1)?.at ?? 0;
  const shown = samples.filter(({ at }) => to - at <= HOUR_MS);
  return {
    reach: spanText(to - (shown[0]?.at ?? to)),
    requests: ratePlot(shown, ({ requests }) => requests),
    failures: ratePlot(shown, ({ failures }) => totalOf(failures)),
    lambda: timePlot(shown, ({ lambdaTime }) => lambdaTime),
    sidecar: timePlot(shown, ({ sidecarTime }) => sidecarTime),
    invocationErrors: kindRows(shown, ({ invocationErrors }) => invocationErrors),
    failureKinds: kindRows(shown, ({ failures }) => failures),
    functions: functionRows(lastInterval(shown, FUNCTION_WINDOW_MS)),
  };
}

function ratePlot(samples: readonly Totals[], count: (totals: Totals) => number): PlotView {
  const rate = (interval: Interval): number => rise(interval, count) / interval.seconds;
  const spans = intervalsOf(samples).map((interval) => ({ ...spanOf(interval), value: rate(interval) }));
  const last = lastInterval(samples, NOW_MS);
  return plotView(samples, [spans], last === undefined ? '–' : rateText(rate(last)), rateText);
}

function timePlot(samples: readonly Totals[], buckets: (totals: Totals) => Buckets): PlotView {
  const intervals = intervalsOf(samples).map((interval) => ({
    ...spanOf(interval),
    seen: observed(interval, buckets),
  }));
  const lines = QUANTILES.map((q) => intervals.map(({ from, to, seen }) => ({ from, to, value: quantile(q, seen) })));
  const last = lastInterval(samples, NOW_MS);
  const seen = last && observed(last, buckets);
  const now = QUANTILES.map((q) => durationText(seen && quantile(q, seen)));
  return plotView(samples, lines, `p50 ${now[0]}, p99 ${now[1]}`, durationText);
}

function spanOf({ before, after }: Interval): { readonly from: number; readonly to: number } {
  return { from: before.at, to: after.at };
}

const QUANTILES = [0.5, 0.99] as const;

function plotView(
  samples: readonly Totals[],
  lines: readonly (readonly Span[])[],
  now: string,
  text: (value: number) => string,
): PlotView {
  const top = Math.max(0, ...lines.flat().map(({ value = 0 }) => value));
  const frame = { from: samples[0]?.at ?? 0, to: samples.at(-1)?.at ?? 0, top };
  return { now, highest: text(top), paths: lines.map((spans) => plotPath(spans, frame)) };
}

/** Kinds within the last hour, most frequent first. */
function kindRows(samples: readonly Totals[], counts: (totals: Totals) => ReadonlyMap<string, number>): readonly Row[] {
  const [hour, minutes] = [HOUR_MS, FUNCTION_WINDOW_MS].map((ms) => lastInterval(samples, ms));
  if (hour === undefined || minutes === undefined) return [];
  const rows = [...counts(hour.after).keys()].map((kind) => {
    const of = (interval: Interval): number => rise(interval, (totals) => counts(totals).get(kind) ?? 0);
    return { kind, hour: of(hour), minutes: of(minutes) };
  });
  const seen = rows.filter((row) => row.hour > 0).sort((a, b) => b.hour - a.hour);
  return seen.slice(0, MOST_ROWS).map((row) => ({
    key: row.kind,
    kind: row.kind,
    cause: causeOf(row.kind),
    minutes: countText(row.minutes),
    hour: countText(row.hour),
  }));
}

function causeOf(kind: string): string {
  const facts: Readonly<Record<string, { readonly cause: string } | undefined>> = failureKinds;
  return Object.hasOwn(facts, kind) ? (facts[kind]?.cause ?? '') : '';
}

function functionRows(interval: Interval | undefined): readonly Row[] {
  if (interval === undefined) return [];
  const keyOf = (totals: FunctionTotals): string => JSON.stringify([totals.api, totals.function]);
  const earlier = new Map(interval.before.functions.map((totals) => [keyOf(totals), totals]));
  const rows = interval.after.functions.map((totals) => {
    const before = earlier.get(keyOf(totals));
    const began = before !== undefined && before.invocations <= totals.invocations ? before : undefined;
    return {
      totals,
      invocations: totals.invocations - (began?.invocations ?? 0),
      errors: totals.errors - (began?.errors ?? 0),
      time: since(began?.time, totals.time),
    };
  });
  const busy = rows.filter(({ invocations }) => invocations > 0).sort((a, b) => b.invocations - a.invocations);
  return busy.slice(0, MOST_ROWS).map(({ totals, invocations, errors, time }) => ({
    key: keyOf(totals),
    api: totals.api,
    function: totals.function,
    rate: rateText(invocations / interval.seconds),
    errors: errors === 0 ? '0' : `${countText(errors)} (${percent(errors / invocations)})`,
    p50: durationText(quantile(0.5, time)),
    p99: durationText(quantile(0.99, time)),
  }));
}

function percent(share: number): string {
  return share < 0.001 ? '< 0.1 %' : `${Number((share * 100).toPrecision(3))} %`;
}

function totalOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
