import { z } from 'zod';
import { CACHE_SECONDS } from '../../policy/index.ts';
import { field, flag, integer, text } from './field.ts';

const ttl = (description: string) =>
  field(integer(0, CACHE_SECONDS), { title: 'Time to live', description, examples: [60] });

export const authorizerSchema = z
  .strictObject({
    type: z.enum(['TOKEN', 'REQUEST']).meta({
      title: 'Type',
      description: 'TOKEN sends one header to the function, REQUEST the request without its body.',
      examples: ['REQUEST'],
    }),
    payloadFormatVersion: field(z.enum(['1.0', '2.0']), {
      title: 'Payload format version',
      description: "Of an HTTP API's authorizer. Absent: a REST API's, which has none.",
      examples: ['2.0'],
    }),
    enableSimpleResponses: field(flag, {
      title: 'Simple responses',
      description: 'The function answers `{isAuthorized, context}` and no policy. Format 2.0 only.',
      default: false,
      examples: [true],
    }),
    identitySource: field(z.union([text, z.array(text)], 'expected a source, or a list of them'), {
      title: 'Identity source',
      description:
        'What says who calls: a list, or a text with commas. Without one of them the answer is 401 and the function is not called. Absent: for TOKEN the header Authorization, for REQUEST none.',
      examples: [['$request.header.Authorization'], 'method.request.header.Authorization'],
    }),
    identityValidationExpression: field(text, {
      title: 'Identity validation expression',
      description: 'A regular expression that the whole token must match. TOKEN only.',
      examples: ['Bearer [-0-9A-Za-z._~+/]+=*'],
    }),
    resultTtlInSeconds: ttl(
      'Seconds that an answer is kept for requests with the same identity sources; 0 is off. Absent: 300 for an authorizer of a REST API that has a source, 0 for one of an HTTP API.',
    ),
    authorizerResultTtlInSeconds: ttl('The same, as API Gateway calls it elsewhere.'),
    metadata: field(flag, {
      title: 'Metadata',
      description: "Puts what the authorizer tells of the caller into Envoy's dynamic metadata too.",
      default: false,
      examples: [true],
    }),
  })
  .meta({ id: 'authorizer', title: 'Authorizer', description: 'A Lambda authorizer, as API Gateway has it.' });

export type AuthorizerDocument = z.infer<typeof authorizerSchema>;
