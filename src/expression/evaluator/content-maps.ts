import { jsonContent, xmlContent } from '../functions/index.ts';
import type { Run, Value } from '../value.ts';

/** `jsonContent` or `xmlContent` of a message: made once for a body, null before the body is known. */
export function contentMap(content: string | null, kind: 'json' | 'xml', run: Run): Value {
  if (content === null) return null;
  const known = run.cache.get(`${kind}Content`, content);
  if (known !== undefined) return known;
  run.step(content.length >> 4);
  const map = kind === 'json' ? jsonContent(content) : xmlContent(content);
  run.cache.set(`${kind}Content`, content, map);
  return map;
}
