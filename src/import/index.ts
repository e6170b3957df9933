export { type ImportResult, importDefinition } from './import-definition.ts';
export { ImportError } from './notes.ts';
