import type { RequestScope } from '../expression/index.ts';
import { readMetadata, readRequestHead } from '../ext-proc/index.ts';
import { unlimitedMemory } from '../memory-account.ts';
import { RequestMessage } from '../policy/index.ts';
import { filterMetadataOf, type JsonMetadata } from './envoy/filter-metadata.ts';
import type { HttpRequest } from './http-message.ts';
import { requestAttributesOf } from './request-attributes.ts';

/** `#request` as the first policy of an API would see it, its body included; without a context path. */
export function requestScope(
  request: HttpRequest,
  attributes: ReadonlyMap<string, string>,
  metadata: JsonMetadata,
  now: number,
): RequestScope {
  const { method, path, scheme, authority, headers, body } = request;
  const pseudo = new Map([
    ['method', method],
    ['path', path],
    ['scheme', scheme],
    ['authority', authority],
  ]);
  const lines = headers.map(([name, value]) => [name, Buffer.from(value)] as const);
  const head = readRequestHead({ pseudo, headers: lines }, requestAttributesOf(undefined, attributes), now);
  const message = new RequestMessage(head);
  message.metadata = readMetadata(filterMetadataOf(metadata), unlimitedMemory);
  message.setBody(body);
  return message;
}
