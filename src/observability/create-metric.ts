import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type Label, type Metric, metricCatalogue } from './catalogue.ts';

/** As the catalogue describes it, for prom-client. */
function options<M extends Metric>(metric: M, registry: Registry) {
  const definition = metricCatalogue[metric];
  return {
    name: definition.name,
    help: definition.help,
    labelNames: Object.keys(definition.labels) as Label<M>[],
    registers: [registry],
    ...('aggregator' in definition ? { aggregator: definition.aggregator } : {}),
  };
}

/** `collect` is called at each scrape, before the values are read. */
export function createCounter<M extends Metric>(
  metric: M,
  registry: Registry,
  collect?: (counter: Counter<Label<M>>) => void,
): Counter<Label<M>> {
  const counter: Counter<Label<M>> = new Counter({
    ...options(metric, registry),
    ...(collect === undefined ? {} : { collect: () => collect(counter) }),
  });
  return counter;
}

/** See createCounter. */
export function createGauge<M extends Metric>(
  metric: M,
  registry: Registry,
  collect?: (gauge: Gauge<Label<M>>) => void,
): Gauge<Label<M>> {
  const gauge: Gauge<Label<M>> = new Gauge({
    ...options(metric, registry),
    ...(collect === undefined ? {} : { collect: () => collect(gauge) }),
  });
  return gauge;
}

export function createHistogram<M extends 'sidecarTime' | 'invocationTime' | 'responseStreamFirstByte'>(
  metric: M,
  registry: Registry,
): Histogram<Label<M>> {
  return new Histogram({ ...options(metric, registry), buckets: [...metricCatalogue[metric].buckets] });
}
