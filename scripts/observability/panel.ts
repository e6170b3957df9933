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

/** One panel of the dashboard. */
export interface Panel {
  readonly title: string;
  /** The metrics that it shows: its description is taken from the catalogue's texts for them. */
  readonly of: readonly [Metric, ...Metric[]];
  readonly unit: Unit;
  readonly targets: readonly [Target, ...Target[]];
  /** Shows a number instead of lines over time. */
  readonly isStat?: boolean;
  /** Shows stacked areas, for the parts of a total. */
  readonly isStacked?: boolean;
  /** Red from this value upwards, or below it with `isBadBelow`. */
  readonly badFrom?: number;
  readonly isBadBelow?: boolean;
  /** Width in columns, of 24; 8 by default, 4 for a number. */
  readonly width?: number;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Each selector contains the dashboard's variables. Grafana computes the interval, because it knows how far apart the samples are. */
export const promql = new Promql(['job=~"$job"', 'instance=~"$instance"'], '$__rate_interval');

/** The catalogue's texts for the metrics of a panel. */
export function descriptionOf({ of }: Panel): string {
  return of.map((metric) => helpOf(metric)).join('\n');
}
