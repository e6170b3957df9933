import { randomUUID } from 'node:crypto';
import type { JavaEnvironment } from '../java/index.ts';
import type { Run } from '../value.ts';

/** The only outside data of methods, clocks and random numbers, and the evaluation that is charged for them. */
export class RunEnvironment implements JavaEnvironment {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  now(): number {
    return Date.now();
  }

  nanoTime(): bigint {
    return process.hrtime.bigint();
  }

  random(): number {
    return Math.random();
  }

  uuid(): string {
    return randomUUID();
  }

  step(count: number): void {
    this.#run.step(count);
  }
}
