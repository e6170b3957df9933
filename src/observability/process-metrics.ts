import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import type { LabelValue } from './catalogue.ts';
import { createCounter, createGauge } from './create-metric.ts';

/** The timer's period: the histogram counts it as delay, so it is subtracted. */
const RESOLUTION_MS = 20;

/** CPU, memory, open files and event-loop lag of this process. `stop` ends the sampling of the event loop. */
export function registerProcessMetrics(registry: Registry): { stop(): void } {
  let reportedCpu = 0;
  createCounter('cpu', registry, (counter) => {
    const { user, system } = process.cpuUsage();
    const seconds = (user + system) / 1e6;
    counter.inc(seconds - reportedCpu);
    reportedCpu = seconds;
  });
  createGauge('startTime', registry).set(Date.now() / 1000 - process.uptime());
  createGauge('residentMemory', registry, (gauge) => gauge.set(process.memoryUsage.rss()));
  createGauge('heapUsed', registry, (gauge) => gauge.set(process.memoryUsage().heapUsed));
  createGauge('externalMemory', registry, (gauge) => gauge.set(process.memoryUsage().external));
  createGauge('openFiles', registry, (gauge) => gauge.set(openFiles()));
  return registerEventLoopLag(registry);
}

function registerEventLoopLag(registry: Registry): { stop(): void } {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  createGauge('eventLoopLag', registry, (gauge) => {
    for (const [statistic, nanoseconds] of [
      ['median', delays.percentile(50)],
      ['p99', delays.percentile(99)],
      ['max', delays.max],
    ] as const satisfies readonly (readonly [LabelValue<'eventLoopLag', 'statistic'>, number])[]) {
      gauge.set({ statistic }, Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1e3));
    }
    delays.reset();
  });
  return { stop: () => delays.disable() };
}

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
