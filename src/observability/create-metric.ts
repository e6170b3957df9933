import { Counter, Gauge, type Registry } from 'prom-client';
import { type Label, type Metric, metricCatalogue } from './catalogue.ts';

/** The catalogue's description in prom-client's form. */
export function metricOptions<M extends Metric>(metric: M, registry: Registry) {
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
    ...metricOptions(metric, registry),
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
    ...metricOptions(metric, registry),
    ...(collect === undefined ? {} : { collect: () => collect(gauge) }),
  });
  return gauge;
}
