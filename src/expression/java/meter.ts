import type { JavaEnvironment } from './descriptor.ts';

/** Told of work that only shows while it is done, in steps of about a microsecond; may throw to end it. */
export type Meter = Pick<JavaEnvironment, 'step'>;
