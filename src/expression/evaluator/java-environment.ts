import { randomUUID } from 'node:crypto';
import type { JavaEnvironment } from '../java/index.ts';

/** What statics read of the world: the clocks and random numbers, and nothing else. */
export const javaEnvironment: JavaEnvironment = {
  now: Date.now,
  nanoTime: () => process.hrtime.bigint(),
  random: Math.random,
  uuid: randomUUID,
};
