import { HEAP_FLAGS } from './heap.ts';

/**
 * The flags with which the image (Dockerfile), a supervisor and `npm start` start a serving process.
 * SIGUSR1 would open Node's inspector on 127.0.0.1:9229, where every process of the machine or pod can run code in this one.
 */
export const NODE_FLAGS = [...HEAP_FLAGS, '--disable-sigusr1'] as const;
