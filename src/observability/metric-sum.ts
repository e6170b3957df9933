import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue, type Registry } from 'prom-client';

/** What one process counts, as data: `registry.getMetricsAsJSON()`. */
export type MetricSnapshot = readonly MetricObjectWithValues<MetricValue<string>>[];

/** The metrics of several processes as one: counters are summed, gauges as each of them says. */
export async function sumMetrics(snapshots: readonly MetricSnapshot[]): Promise<MetricSnapshot> {
  return (await aggregate(snapshots).getMetricsAsJSON()) as MetricSnapshot;
}

/** In Prometheus' text format. */
export async function metricsText(snapshot: MetricSnapshot): Promise<string> {
  return await aggregate([snapshot]).metrics();
}

function aggregate(snapshots: readonly MetricSnapshot[]): Registry {
  return AggregatorRegistry.aggregate(snapshots.map((snapshot) => [...snapshot]));
}

/**
 * What must outlive a process that ended: its counters and histograms. Without them a sum over the others would fall,
 * and Prometheus take that for a restart of everything.
 */
export function countersOf(snapshot: MetricSnapshot): MetricSnapshot {
  // As data between processes the type is text, whatever the library's declaration says.
  return snapshot.filter(({ type }) => ['counter', 'histogram'].includes(String(type)));
}
