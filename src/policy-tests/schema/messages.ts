import { z } from 'zod';
import { field, integer } from '../../config/index.ts';
import { json } from './json.ts';

const lines = z.union([z.string(), z.array(z.string())], 'expected text in quotes, or a list of texts');

const headers = field(z.record(z.string(), lines), {
  title: 'Headers',
  description: 'Name to value, or to a list of values.',
  default: {},
  examples: [{ accept: 'application/json', 'x-tag': ['a', 'b'] }],
});

const trailers = field(z.record(z.string(), lines), {
  title: 'Trailers',
  description: 'Name to value, or to a list of values.',
  default: {},
  examples: [{ 'x-checksum': 'abc' }],
});

const body = {
  body: json.optional().meta({
    title: 'Body',
    description: 'Text as it is; an object, a list, a number, true or false is sent as JSON. Absent or null: no body.',
    examples: [{ customer: 'ada' }, 'text'],
  }),
  bodyBase64: field(z.base64(), {
    title: 'Body in base64',
    description: 'Bytes that are not text.',
    examples: ['H4sIAAAAAAAA'],
  }),
};

/** A request as a caller sends it. */
export const request = z
  .strictObject({
    method: field(z.string().regex(/^[A-Za-z]+$/, 'is not a method: expected GET, POST or another word'), {
      title: 'Method',
      description: 'Default: GET, or POST if there is a body.',
      default: 'GET',
      examples: ['POST'],
    }),
    path: field(z.string().regex(/^[/*]/, 'must begin with "/"'), {
      title: 'Path',
      description: 'With its query.',
      default: '/',
      examples: ['/orders?item=tea'],
    }),
    scheme: field(z.enum(['http', 'https']), {
      title: 'Scheme',
      description: '`{#request.scheme}`.',
      default: 'http',
      examples: ['https'],
    }),
    headers,
    ...body,
    trailers,
    attributes: field(z.record(z.string(), z.string()), {
      title: 'Attributes',
      description:
        "What Envoy reports about the request, by Envoy's names; `source.address`, `destination.address` and `request.protocol` have default values.",
      default: {},
      examples: [{ 'source.address': '192.0.2.7:4711', 'request.protocol': 'HTTP/2' }],
    }),
    metadata: field(z.record(z.string().min(1), z.record(z.string(), json)), {
      title: 'Metadata',
      description:
        "Dynamic metadata that Envoy forwards, by namespace: `{#request.metadata['namespace']['key']}`. Numbers are doubles there.",
      default: {},
      examples: [{ 'envoy.filters.http.jwt_authn': { payload: { sub: 'ada' } } }],
    }),
  })
  .meta({
    id: 'request',
    title: 'Request',
    description: 'What the caller sends, without what Envoy adds by itself.',
  });

/** What the backend answers. */
export const backend = z
  .strictObject({
    status: field(integer(200, 599), { title: 'Status', description: 'Status.', default: 200, examples: [404] }),
    headers,
    ...body,
    trailers,
  })
  .meta({ id: 'backend', title: 'Backend', description: 'What the backend answers when the request reaches it.' });
