export { escapeJson, escapeXml } from './escape.ts';
export { jsonContent } from './json-content.ts';
export { jsonPath } from './json-path.ts';
export { writeJson } from './json-text/json-writer.ts';
export { xmlContent } from './xml-content.ts';
export { type XPathResult, xpath } from './xpath.ts';
