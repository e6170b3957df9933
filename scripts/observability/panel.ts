import { helpOf, type Metric, Promql } from './promql.ts';

/** Units as Grafana names them. */
export type Unit =
  | 'reqps'
  | 'ops'
  | 's'
  | 'bytes'
  | 'Bps'
  | 'percentunit'
  | 'short'
  | 'dateTimeFromNow'
  | 'bool_yes_no';

export interface Target {
  readonly expr: string;
  /** `{{label}}` stands for the label's value. */
  readonly legend: string;
}

/** One picture of the dashboard. */
export interface Panel {
  readonly title: string;
  /** Metrics that it shows: its description is what the catalogue says of them. */
  readonly of: readonly [Metric, ...Metric[]];
  readonly unit: Unit;
  readonly targets: readonly [Target, ...Target[]];
  /** A number instead of lines over time. */
  readonly isStat?: boolean;
  /** Areas on top of each other: the parts of a whole. */
  readonly isStacked?: boolean;
  /** From this value on it is red; with `isBadBelow`, below it. */
  readonly badFrom?: number;
  readonly isBadBelow?: boolean;
  /** Of the 24 columns; 8 by default, 4 of a number. */
  readonly width?: number;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Each selector has what the dashboard's variables choose; Grafana knows how far apart the samples are. */
export const promql = new Promql(['job=~"$job"', 'instance=~"$instance"'], '$__rate_interval');

/** What the catalogue says of the metrics of a panel. */
export function descriptionOf({ of }: Panel): string {
  return of.map((metric) => helpOf(metric)).join('\n');
}
