import type { RequestScope } from '../expression/index.ts';
import { readMetadata, readRequest, readRequestHead, writeRequest } from '../ext-proc/index.ts';
import { unlimitedMemory } from '../memory-account.ts';
import { RequestMessage } from '../policy/index.ts';
import { filterMetadataOf, type JsonMetadata } from './envoy/filter-metadata.ts';
import { headersMessage } from './envoy/processing-request.ts';
import type { HeaderLine, HttpRequest } from './http-message.ts';
import { requestAttributesOf } from './request-attributes.ts';

/** `#request` as the first policy of an API would see it, its body included; without a context path. */
export function requestScope(
  request: HttpRequest,
  attributes: ReadonlyMap<string, string>,
  metadata: JsonMetadata,
  now: number,
): RequestScope {
  const { method, path, scheme, authority, headers, body } = request;
  const lines: readonly HeaderLine[] = [
    [':method', method],
    [':path', path],
    [':scheme', scheme],
    [':authority', authority],
    ...headers,
  ];
  const told = {
    attributes: requestAttributesOf(undefined, attributes),
    metadata: filterMetadataOf(metadata),
    setup: undefined,
  };
  const received = readRequest(writeRequest(headersMessage('request', lines, false, told)));
  if (received.kind !== 'message' || received.part !== 'headers') throw new Error('no headers');
  const message = new RequestMessage(readRequestHead(received.head, received.attributes, now));
  message.metadata = readMetadata(received.metadata, unlimitedMemory);
  message.setBody(body);
  return message;
}
