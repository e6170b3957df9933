import {
  AggregatorRegistry,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
  type RegistryContentType,
} from 'prom-client';
import type { Exemplar } from './exemplar.ts';

/** The metrics of one process as data: `registry.getMetricsAsJSON()`. */
export type MetricSnapshot = readonly MetricObjectWithValues<SnapshotValue>[];

type SnapshotValue = MetricValue<string> & {
  readonly metricName?: string;
  readonly exemplar?: Exemplar | undefined;
};

/** Prometheus' own text format, or OpenMetrics, which has exemplars. */
export type MetricsFormat = 'prometheus' | 'openmetrics';

/** The metrics of several processes as one: counters are summed, gauges combined as each defines; the newest exemplars are kept. */
export async function sumMetrics(snapshots: readonly MetricSnapshot[]): Promise<MetricSnapshot> {
  const sum = (await AggregatorRegistry.aggregate(
    snapshots.map((one) => [...one]),
  ).getMetricsAsJSON()) as unknown as MetricSnapshot;
  return withExemplars(sum, snapshots);
}

export async function metricsText(snapshot: MetricSnapshot, format: MetricsFormat = 'prometheus'): Promise<string> {
  const isOpen = format === 'openmetrics';
  const registry = new Registry<RegistryContentType>();
  registry.setContentType(isOpen ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE);
  for (const metric of snapshot) registry.registerMetric(printable(metric, isOpen) as never);
  return await registry.metrics();
}

/** In OpenMetrics prom-client appends `_total` to a counter's name itself, and removes it when it creates the metric. */
function printable(metric: MetricSnapshot[number], isOpen: boolean) {
  const name = isOpen && String(metric.type) === 'counter' ? metric.name.replace(/_total$/, '') : metric.name;
  const named = { ...metric, name };
  return { ...named, get: () => named };
}

/**
 * The metrics of an ended process that must be kept: its counters and histograms. Without them the sum over the others would
 * decrease, and Prometheus would treat that as a restart of all processes.
 */
export function countersOf(snapshot: MetricSnapshot): MetricSnapshot {
  // In data between processes the type is a string, whatever the library's declaration says.
  return snapshot.filter(({ type }) => ['counter', 'histogram'].includes(String(type)));
}

/** The library drops them when it sums. */
function withExemplars(sum: MetricSnapshot, snapshots: readonly MetricSnapshot[]): MetricSnapshot {
  const newest = new Map<string, Exemplar>();
  for (const { name, values } of snapshots.flat()) {
    for (const value of values) {
      if (value.exemplar === undefined) continue;
      const key = keyOf(name, value);
      const known = newest.get(key);
      if (known === undefined || known.timestamp < value.exemplar.timestamp) newest.set(key, value.exemplar);
    }
  }
  if (newest.size === 0) return sum;
  return sum.map((metric) => ({
    ...metric,
    values: metric.values.map((value) => ({ ...value, exemplar: newest.get(keyOf(metric.name, value)) })),
  }));
}

function keyOf(name: string, { metricName = name, labels }: SnapshotValue): string {
  return JSON.stringify([metricName, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
