import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';

/** The timer's period: the histogram counts it as delay, so it is taken off again. */
const RESOLUTION_MS = 20;

/** CPU, memory, open files and event-loop lag of this process. `stop` ends the sampling of the event loop. */
export function registerProcessMetrics(registry: Registry): { stop(): void } {
  const registers = [registry];
  let reportedCpu = 0;
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'User and system CPU time in seconds.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      const seconds = (user + system) / 1e6;
      this.inc(seconds - reportedCpu);
      reportedCpu = seconds;
    },
  });
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'Start of the process in seconds since the epoch; the oldest of all workers.',
    registers,
    aggregator: 'min',
  }).set(Date.now() / 1000 - process.uptime());
  gauge(registry, 'process_resident_memory_bytes', 'Resident memory in bytes.', () => process.memoryUsage.rss());
  gauge(registry, 'nodejs_heap_used_bytes', 'JavaScript heap in use, in bytes.', () => process.memoryUsage().heapUsed);
  gauge(
    registry,
    'nodejs_external_memory_bytes',
    'Memory of buffers outside the heap, in bytes.',
    () => process.memoryUsage().external,
  );
  gauge(registry, 'process_open_fds', 'Open file descriptors (0 where the system does not tell).', openFiles);
  return registerEventLoopLag(registry);
}

function registerEventLoopLag(registry: Registry): { stop(): void } {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  new Gauge({
    name: 'lambda_ext_proc_event_loop_lag_seconds',
    help: 'How late the event loop was since the last scrape, by quantile; the worst of all workers.',
    labelNames: ['quantile'],
    registers: [registry],
    aggregator: 'max',
    collect() {
      for (const [quantile, nanoseconds] of [
        ['0.5', delays.percentile(50)],
        ['0.99', delays.percentile(99)],
        ['1', delays.max],
      ] as const) {
        this.set({ quantile }, Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1e3));
      }
      delays.reset();
    },
  });
  return { stop: () => delays.disable() };
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
