import type { JavaEnvironment } from './descriptor.ts';

/** Called for work whose size is known only while it runs, in steps of about a microsecond; may throw to end it. */
export type Meter = Pick<JavaEnvironment, 'step'>;
