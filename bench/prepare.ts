import { benchCases } from './cases.ts';
import type { Subject } from './subjects/subject.ts';

/** The time after its start when the server writes the code that V8 has compiled (commands/compile-cache.ts). */
const KEPT_AFTER_MS = 3_000;

/**
 * Starts each of this project's servers once before the measurements. Then each later start finds the compiled code that the server
 * stores beside the package, as in an image.
 */
export async function prepareOwn(subjects: readonly Subject[], progress: (text: string) => void): Promise<void> {
  progress('starting each server once');
  const [benchCase] = benchCases;
  if (benchCase === undefined) return;
  const servers = await Promise.all(subjects.map((subject) => subject.start(benchCase)));
  await new Promise((resolve) => setTimeout(resolve, KEPT_AFTER_MS));
  await Promise.all(servers.map(({ stop }) => stop()));
}
