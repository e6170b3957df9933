import {
  countersOf,
  type FailureRecord,
  type MetricSnapshot,
  MOST_FAILURES,
  sumMetrics,
} from '../observability/index.ts';
import type { WorkerHandle } from './worker-handle.ts';

const ASK_MS = 2_000;

/** What all workers report about their requests, including those that have ended. */
export class WorkerSums {
  /** A chain, because summing is asynchronous. */
  #departed: Promise<MetricSnapshot> = Promise.resolve([]);
  #departedFailures: readonly FailureRecord[] = [];

  /** The worker's last report is kept when it ends. */
  follow(worker: WorkerHandle): void {
    void worker.exited.then(() => {
      const counters = countersOf(worker.lastMetrics);
      this.#departed = this.#departed.then((before) => sumMetrics([before, counters]));
      this.#departedFailures = newest([this.#departedFailures, worker.lastFailures]);
    });
  }

  /** With those of the supervisor's own. */
  async metrics(workers: readonly WorkerHandle[], own: () => Promise<MetricSnapshot>): Promise<MetricSnapshot> {
    const asked = await Promise.all(
      workers
        .filter(isRunning)
        .map((worker) =>
          worker.ask({ about: 'metrics' }, ASK_MS).catch(() => (worker.state === 'gone' ? [] : worker.lastMetrics)),
        ),
    );
    return await sumMetrics([...asked, await this.#departed, await own()]);
  }

  /** The last ones, the newest first. */
  async failures(workers: readonly WorkerHandle[]): Promise<readonly FailureRecord[]> {
    const asked = await Promise.all(
      workers
        .filter(isRunning)
        .map((worker) =>
          worker.ask({ about: 'failures' }, ASK_MS).catch(() => (worker.state === 'gone' ? [] : worker.lastFailures)),
        ),
    );
    return newest([...asked, this.#departedFailures]);
  }
}

function isRunning({ state }: WorkerHandle): boolean {
  return state === 'ready' || state === 'draining';
}

function newest(lists: readonly (readonly FailureRecord[])[]): readonly FailureRecord[] {
  return lists
    .flat()
    .sort((a, b) => b.time - a.time)
    .slice(0, MOST_FAILURES);
}
