import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * V8's flags for streams that live a few milliseconds. Without them a busy worker holds 360 MiB, almost all of it garbage.
 * They are part of the flags with which a serving process is started (node-flags.ts). docs/performance.md has measurements.
 *
 * - V8 allocates objects that seem to live long directly in the old space. After a burst it assumes this of parts of every
 *   stream, and each of them keeps the rest of its stream until the next full collection, which confirms the assumption.
 * - Maglev, the compiler of the middle tier, needs 30 MiB more in the first second of load, and the C library keeps most of
 *   them. With the next flag it saves no CPU time.
 * - A function is optimized after about 300 calls instead of 3,000. In two seconds the warm-up then reaches what would take
 *   10,000 requests: the CPU time of the first 2 s halves. Later requests cost the same, and so does memory.
 * - The old space, some 30 MiB, may grow by a third before it is collected, not to four times its size.
 * - The space for young objects, two halves, may grow to 16 MiB instead of 64: more saves no CPU time.
 */
export const HEAP_FLAGS = [
  '--no-allocation-site-pretenuring',
  '--no-maglev',
  '--invocation-count-for-turbofan=300',
  '--heap-growing-percent=30',
  '--max-semi-space-size=8',
] as const;

/** Limit of both halves. It is checked after each collection, so V8 may already have decided to grow beyond it. */
const YOUNG_BYTES = 8 * 1024 * 1024;

/**
 * Sets the flags if the process was started without them. V8 reads the limit of the young space only at start, so this
 * disables its growth at that size, and enables it again when V8 has released space.
 *
 * Call it before other modules are loaded: loading them alone makes the young space grow.
 */
export function tuneHeap(given: readonly string[] = process.execArgv): void {
  if (HEAP_FLAGS.every((flag) => given.includes(flag))) return;
  for (const flag of HEAP_FLAGS) if (!flag.startsWith('--max-semi-space-size')) setFlagsFromString(flag);
  let grows = true;
  const adjust = (): void => {
    const small = youngBytes() < YOUNG_BYTES;
    if (small === grows) return;
    grows = small;
    setFlagsFromString(`--semi-space-growth-factor=${grows ? 2 : 1}`);
  };
  adjust();
  new PerformanceObserver(adjust).observe({ entryTypes: ['gc'] });
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
}
