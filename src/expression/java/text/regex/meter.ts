import type { JavaEnvironment } from '../../descriptor.ts';

/** Told of work beyond one pass over the text. */
export type Meter = Pick<JavaEnvironment, 'step'>;
