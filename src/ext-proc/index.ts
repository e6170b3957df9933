export type { StreamObserver } from './observer.ts';
export { createExternalProcessor, type ExternalProcessor } from './processor.ts';
export { readRequestHead } from './request-head.ts';
export { selectingMetadata } from './selection.ts';
export type { Peer } from './stream-context.ts';
export { createStreams } from './streams.ts';
export type { Timer, Timing } from './timing.ts';
export type { BodyMode, FilterMetadata, MetadataValue, ProcessingRequest, ProcessingResponse } from './wire/index.ts';
export { readMetadata, readRequest, writeRequest } from './wire/index.ts';
