export { jsonEscape, xmlEscape } from './escape.ts';
export { jsonContent } from './json-content.ts';
export { jsonPath } from './json-path.ts';
export { LookupEntries, lookupMap } from './lookup-map.ts';
export { xmlContent } from './xml-content.ts';
export { xpath } from './xpath.ts';
