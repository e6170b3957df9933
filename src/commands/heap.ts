import { setFlagsFromString } from 'node:v8';

/**
 * Streams live a few milliseconds, and on a machine with much memory V8 lets the space for young objects grow to three
 * times 32 MB. A quarter of that costs no CPU that could be measured and saves some 90 MB of a worker's memory.
 */
export function boundYoungGeneration(): void {
  setFlagsFromString('--max-semi-space-size=8');
}
