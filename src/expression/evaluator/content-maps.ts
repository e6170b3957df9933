import type { MessageScope } from '../context.ts';
import { jsonContent, xmlContent } from '../functions/index.ts';
import type { Value } from '../value.ts';

interface Known {
  readonly content: string;
  readonly map: Value;
}

const json = new WeakMap<MessageScope, Known>();
const xml = new WeakMap<MessageScope, Known>();

/** `jsonContent` or `xmlContent` of a message: made once for a body, null before the body is known. */
export function contentMap(message: MessageScope, kind: 'json' | 'xml'): Value {
  const { content } = message;
  if (content === null) return null;
  const cache = kind === 'json' ? json : xml;
  const known = cache.get(message);
  if (known !== undefined && known.content === content) return known.map;
  const map = kind === 'json' ? jsonContent(content) : xmlContent(content);
  cache.set(message, { content, map });
  return map;
}
