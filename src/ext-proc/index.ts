export { createExternalProcessor, type ExternalProcessor } from './processor.ts';
export { selectingMetadata } from './selection.ts';
