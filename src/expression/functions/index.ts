export { jsonPath } from './json-path.ts';
export { type JsonStyle, writeJson } from './json-text/json-writer.ts';
