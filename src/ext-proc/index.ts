export type { StreamObserver } from './observer.ts';
export { createExternalProcessor, type ExternalProcessor, type ExternalProcessorOptions } from './processor.ts';
export { selectingMetadata } from './selection.ts';
