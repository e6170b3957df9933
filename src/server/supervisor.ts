import type { ChildProcess } from 'node:child_process';
import { describeError, type FailureRecord, type Logger, type MetricSnapshot } from '../observability/index.ts';
import { type Check, type Readiness, readinessOf } from './readiness.ts';
import type { ServingNode, StopOptions } from './serving-node.ts';
import type { PolicyDocument } from './worker-channel.ts';
import { WorkerHandle } from './worker-handle.ts';
import { WorkerSums } from './worker-sums.ts';

export interface SupervisorOptions {
  readonly workers: number;
  /** Starts a process that runs `runWorker`. */
  readonly spawn: (number: number) => ChildProcess;
  readonly document: PolicyDocument | undefined;
  /** The counters of the supervisor's own process. */
  readonly ownMetrics: () => Promise<MetricSnapshot>;
  readonly logger: Logger;
  /** How long a drain may take in total, without the grace period, before a worker is killed. */
  readonly drainMs: number;
  /** Of the first restart after a crash; doubles with each further one. */
  readonly backoffMs?: number | undefined;
  /** A worker that does not answer for this long is killed and replaced. */
  readonly hangMs?: number | undefined;
}

const ASK_MS = 2_000;
const RELOAD_MS = 15_000;
const BACKOFF_MS = 100;
const HANG_MS = 30_000;
const MAX_BACKOFF_MS = 10_000;
/** A worker that lived this long has recovered: its next crash counts as the first one again. */
const STABLE_MS = 30_000;
/** How long a worker may exceed its own limit: two seconds to export traces, then it sends its last message. */
const KILL_SLACK_MS = 4_000;

interface Slot {
  worker: WorkerHandle;
  crashes: number;
  startedAt: number;
  problem: string | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * One process for each worker, each with its own sockets. A worker that ends unexpectedly is replaced, after
 * a growing pause; the others continue to serve. Reload and rolling restart run one after the other, never at once.
 */
export class Supervisor implements ServingNode {
  readonly #options: SupervisorOptions;
  readonly #logger: Logger;
  readonly #slots: Slot[] = [];
  #document: PolicyDocument | undefined;
  readonly #sums = new WorkerSums();
  #restarts = 0;
  #stopping = false;
  #hangTimer: NodeJS.Timeout | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#logger = options.logger;
    this.#document = options.document;
  }

  /** Resolves when all workers are ready. Rejects, with all of them ended, when one cannot start. */
  async start(): Promise<void> {
    for (let number = 0; number < this.#options.workers; number++) {
      const worker = this.#spawn(number);
      const slot: Slot = { worker, crashes: 0, startedAt: Date.now(), problem: undefined, timer: undefined };
      this.#slots.push(slot);
    }
    const started = await Promise.allSettled(this.#slots.map(({ worker }) => worker.start(this.#document, false)));
    const failure = started.find((result) => result.status === 'rejected');
    if (failure !== undefined) {
      this.#stopping = true;
      for (const { worker } of this.#slots) worker.kill();
      await Promise.all(this.#slots.map(({ worker }) => worker.exited));
      throw failure.reason;
    }
    for (const slot of this.#slots) this.#watch(slot, slot.worker);
    this.#lookForHangs();
  }

  get addresses(): readonly string[] {
    return this.#slots.flatMap(({ worker }) => worker.addresses);
  }

  /** Process ids by worker; undefined while one is being replaced. */
  get pids(): readonly (number | undefined)[] {
    return this.#slots.map(({ worker }) => (worker.state === 'gone' ? undefined : worker.pid));
  }

  /**
   * Gives all workers another document. One of them tries it first; if any refuses it, all return to the one
   * before. Null when all have it, else what is wrong.
   */
  reload(document: PolicyDocument | undefined): Promise<string | null> {
    return this.#enqueue(async () => {
      const accepted: WorkerHandle[] = [];
      for (const { worker } of this.#slots) {
        if (worker.state !== 'ready') continue;
        const problem = await this.#offer(worker, document);
        if (problem === null) {
          accepted.push(worker);
          continue;
        }
        // A worker that died meanwhile is replaced by one with the document that is in force then.
        if (worker.exitedAlready) continue;
        await Promise.all(accepted.map((other) => this.#offer(other, this.#document)));
        return problem;
      }
      this.#document = document;
      return null;
    });
  }

  /** Replaces the workers one by one: the new one takes the sockets over, then the old one drains. */
  rollingRestart(): Promise<boolean> {
    return this.#enqueue(async () => {
      for (const slot of this.#slots) {
        if (this.#stopping) return false;
        if (slot.worker.state !== 'ready') continue;
        const old = slot.worker;
        const next = this.#spawn(old.number);
        try {
          await next.start(this.#document, true);
        } catch (error) {
          const problem = describeError(error);
          this.#logger.error({ worker: old.number, problem }, 'the new worker cannot start; the old ones keep running');
          return false;
        }
        if (this.#stopping || slot.worker !== old) {
          // An end was requested, or the old one crashed and is already being replaced.
          await this.#end(next, { graceMs: 0, replaced: false });
          continue;
        }
        clearTimeout(slot.timer);
        slot.worker = next;
        slot.startedAt = Date.now();
        slot.problem = undefined;
        this.#watch(slot, next);
        this.#logger.info({ worker: old.number, pid: next.pid, oldPid: old.pid }, 'worker replaced');
        await this.#end(old, { graceMs: 0, replaced: true });
      }
      return true;
    });
  }

  /** Ends all workers: they serve for the grace period, then drain. Resolves when the last one has ended. */
  async stop(how: StopOptions): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#hangTimer);
    for (const slot of this.#slots) clearTimeout(slot.timer);
    await Promise.all(this.#slots.map(({ worker }) => this.#end(worker, how)));
    await this.#queue;
  }

  /** Ends all workers now. */
  async kill(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#hangTimer);
    for (const { worker, timer } of this.#slots) {
      clearTimeout(timer);
      worker.kill();
    }
  }

  /** The metrics of all workers, including ended ones, and the supervisor's own. */
  metrics(): Promise<MetricSnapshot> {
    return this.#sums.metrics(this.#workers, this.#options.ownMetrics);
  }

  failures(): Promise<readonly FailureRecord[]> {
    return this.#sums.failures(this.#workers);
  }

  get #workers(): readonly WorkerHandle[] {
    return this.#slots.map(({ worker }) => worker);
  }

  get counts(): { readonly ready: number; readonly wanted: number; readonly restarts: number } {
    const ready = this.#slots.filter(({ worker }) => worker.state === 'ready').length;
    return { ready, wanted: this.#options.workers, restarts: this.#restarts };
  }

  /** One check for each worker: the whole is ready while any worker is, because that one serves. */
  async readiness(): Promise<Readiness> {
    const each = await Promise.all(this.#slots.map((slot) => this.#readinessOf(slot)));
    const ready = each.some((readiness) => readiness.ready) && !this.#stopping;
    const checks: Record<string, Check> = {};
    each.forEach((readiness, number) => {
      for (const [name, check] of Object.entries(readiness.checks)) {
        const status = check.status === 'failed' && ready ? 'degraded' : check.status;
        checks[`worker ${number}: ${name}`] = { ...check, status };
      }
    });
    const serving = each.filter((readiness) => readiness.ready);
    const awaits = serving.every((readiness) => readiness.awaits !== undefined) ? serving[0]?.awaits : undefined;
    return { ready, checks, awaits };
  }

  async #readinessOf(slot: Slot): Promise<Readiness> {
    if (slot.worker.state === 'ready') {
      return await slot.worker.ask({ about: 'readiness' }, ASK_MS).catch((error: unknown) => {
        return readinessOf({ process: { status: 'failed', reason: describeError(error) } });
      });
    }
    const reason = slot.problem === undefined ? slot.worker.state : `being replaced: ${slot.problem}`;
    return readinessOf({ process: { status: 'failed', reason } });
  }

  #spawn(number: number): WorkerHandle {
    const worker = new WorkerHandle(number, this.#options.spawn(number));
    this.#sums.follow(worker);
    return worker;
  }

  async #offer(worker: WorkerHandle, document: PolicyDocument | undefined): Promise<string | null> {
    return await worker.ask({ about: 'reload', document }, RELOAD_MS).catch((error: unknown) => describeError(error));
  }

  #watch(slot: Slot, worker: WorkerHandle): void {
    void worker.exited.then(({ code, signal }) => {
      if (this.#stopping || slot.worker !== worker) return;
      slot.crashes = Date.now() - slot.startedAt > STABLE_MS ? 1 : slot.crashes + 1;
      slot.problem = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
      this.#logger.error({ worker: worker.number, pid: worker.pid, code, signal }, 'worker ended unexpectedly');
      this.#replaceLater(slot);
    });
  }

  /** A worker in an endless loop looks alive to the operating system, but all its requests wait. */
  #lookForHangs(): void {
    const hangMs = this.#options.hangMs ?? HANG_MS;
    this.#hangTimer = setInterval(() => {
      for (const { worker } of this.#slots) {
        if (worker.state !== 'ready') continue;
        worker.ask({ about: 'readiness' }, hangMs).catch((error: unknown) => {
          if (worker.state !== 'ready') return;
          this.#logger.error(
            { worker: worker.number, pid: worker.pid, problem: describeError(error) },
            'worker does not respond; it is killed',
          );
          worker.kill();
        });
      }
    }, hangMs / 3);
    this.#hangTimer.unref();
  }

  #replaceLater(slot: Slot): void {
    const first = this.#options.backoffMs ?? BACKOFF_MS;
    const delay = Math.min(MAX_BACKOFF_MS, first * 2 ** Math.min(slot.crashes - 1, 10));
    slot.timer = setTimeout(() => void this.#replace(slot), delay);
  }

  async #replace(slot: Slot): Promise<void> {
    if (this.#stopping || slot.worker.state !== 'gone') return;
    const worker = this.#spawn(slot.worker.number);
    slot.worker = worker;
    slot.startedAt = Date.now();
    this.#restarts++;
    const document = this.#document;
    try {
      await worker.start(document, false);
    } catch (error) {
      if (this.#stopping) return;
      slot.problem = describeError(error);
      slot.crashes++;
      this.#logger.error({ worker: worker.number, problem: slot.problem }, 'worker cannot start');
      return this.#replaceLater(slot);
    }
    slot.problem = undefined;
    this.#watch(slot, worker);
    this.#logger.info({ worker: worker.number, pid: worker.pid }, 'worker started again');
    // It may have missed a reload while it started.
    if (document !== this.#document) await this.#enqueue(() => this.#offer(worker, this.#document));
  }

  async #end(worker: WorkerHandle, how: StopOptions): Promise<void> {
    worker.drain(how);
    const timer = setTimeout(
      () => {
        this.#logger.error({ worker: worker.number, pid: worker.pid }, 'worker does not end; it is killed');
        worker.kill();
      },
      how.graceMs + this.#options.drainMs + KILL_SLACK_MS,
    );
    await worker.exited;
    clearTimeout(timer);
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work, work);
    this.#queue = result.catch(() => {});
    return result;
  }
}
