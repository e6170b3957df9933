import { benchCases } from './cases.ts';
import type { Subject } from './subjects/subject.ts';

/** As long as the server waits after its start before it writes what V8 has compiled (commands/compile-cache.ts). */
const KEPT_AFTER_MS = 3_000;

/**
 * Starts each own server once before anything is measured: the compiled code that it keeps beside the package is then
 * there for every start, as it is in an image.
 */
export async function prepareOwn(subjects: readonly Subject[], progress: (text: string) => void): Promise<void> {
  progress('starting each server once');
  const [benchCase] = benchCases;
  if (benchCase === undefined) return;
  const servers = await Promise.all(subjects.map((subject) => subject.start(benchCase)));
  await new Promise((resolve) => setTimeout(resolve, KEPT_AFTER_MS));
  await Promise.all(servers.map(({ stop }) => stop()));
}
