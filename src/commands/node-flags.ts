import { HEAP_FLAGS } from './heap.ts';

/**
 * What a serving process is started with by whoever starts it: the image (Dockerfile), a supervisor, `npm start`.
 * SIGUSR1 would open Node's inspector on 127.0.0.1:9229, where every process of the machine or pod may run code as this one.
 */
export const NODE_FLAGS = [...HEAP_FLAGS, '--disable-sigusr1'] as const;
