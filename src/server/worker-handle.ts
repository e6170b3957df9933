import type { ChildProcess } from 'node:child_process';
import type { FailureRecord, MetricSnapshot } from '../observability/index.ts';
import type { StopOptions } from './serving-node.ts';
import type { Answers, FromWorker, PolicyDocument, Question, ToWorker } from './worker-channel.ts';

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How long a worker may take from its start to `ready`. */
const START_MS = 30_000;

/** One worker process, seen from the supervisor. */
export class WorkerHandle {
  readonly number: number;
  readonly exited: Promise<WorkerExit>;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #addresses: readonly string[] = [];
  #state: 'starting' | 'ready' | 'draining' | 'gone' = 'starting';
  #lastMetrics: MetricSnapshot = [];
  #lastFailures: readonly FailureRecord[] = [];
  #onStarted: ((problem: string | undefined) => void) | undefined;

  constructor(number: number, child: ChildProcess) {
    this.number = number;
    this.#child = child;
    child.on('message', (message) => this.#receive(message as FromWorker));
    // A message to a process that just died: its exit is handled elsewhere.
    child.on('error', () => {});
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#gone(`worker ${number} ended (${signal ?? `code ${code}`})`);
        resolve({ code, signal });
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get state(): 'starting' | 'ready' | 'draining' | 'gone' {
    return this.#state;
  }

  get exitedAlready(): boolean {
    return this.#state === 'gone';
  }

  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** Its last reported metrics. */
  get lastMetrics(): MetricSnapshot {
    return this.#lastMetrics;
  }

  /** Its last reported failures of requests. */
  get lastFailures(): readonly FailureRecord[] {
    return this.#lastFailures;
  }

  /** Resolves when every listener of the worker is bound; rejects with one line when it cannot start. */
  start(document: PolicyDocument | undefined, replace: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#onStarted?.(`not ready within ${START_MS / 1000} s`), START_MS);
      this.#onStarted = (problem) => {
        this.#onStarted = undefined;
        clearTimeout(timer);
        if (problem === undefined) return resolve();
        this.kill();
        reject(new Error(problem));
      };
      this.#send({ type: 'start', document, replace });
    });
  }

  /** Rejects when the worker does not answer in time or ends. */
  ask<A extends keyof Answers>(question: Extract<Question, { about: A }>, timeoutMs: number): Promise<Answers[A]> {
    const id = this.#nextId++;
    return new Promise<Answers[A]>((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#pending.delete(id);
      };
      const timer = setTimeout(() => {
        settle();
        reject(new Error(`worker ${this.number} does not answer`));
      }, timeoutMs);
      this.#pending.set(id, {
        resolve: (value) => {
          settle();
          if (question.about === 'metrics') this.#lastMetrics = value as MetricSnapshot;
          if (question.about === 'failures') this.#lastFailures = value as readonly FailureRecord[];
          resolve(value as Answers[A]);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      this.#send({ type: 'ask', id, question });
    });
  }

  /** Asks for an orderly end. */
  drain(how: StopOptions): void {
    if (this.#state !== 'gone') this.#state = 'draining';
    this.#send({ type: 'drain', how });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        this.#addresses = message.addresses;
        if (this.#state === 'starting') this.#state = 'ready';
        this.#onStarted?.(undefined);
        break;
      case 'failed':
        this.#onStarted?.(message.problem);
        break;
      case 'answer':
        this.#pending.get(message.id)?.resolve(message.value);
        break;
      case 'error':
        this.#pending.get(message.id)?.reject(new Error(message.problem));
        break;
      case 'bye':
        this.#lastMetrics = message.metrics;
        this.#lastFailures = message.failures;
        break;
    }
  }

  #gone(reason: string): void {
    this.#state = 'gone';
    this.#onStarted?.(reason);
    for (const pending of [...this.#pending.values()]) pending.reject(new Error(reason));
  }
}
