import { z } from 'zod';
import { CACHE_SECONDS } from '../../policy/index.ts';
import { field, flag, integer, text } from './field.ts';

const ttl = (description: string) =>
  field(integer(0, CACHE_SECONDS), { title: 'Time to live', description, examples: [60] });

export const authorizerSchema = z
  .strictObject({
    type: z.enum(['TOKEN', 'REQUEST']).meta({
      title: 'Type',
      description: 'TOKEN sends one header to the function; REQUEST sends the request without its body.',
      examples: ['REQUEST'],
    }),
    payloadFormatVersion: field(z.enum(['1.0', '2.0']), {
      title: 'Payload format version',
      description: 'For an authorizer of an HTTP API. Absent: an authorizer of a REST API, which has no version.',
      examples: ['2.0'],
    }),
    enableSimpleResponses: field(flag, {
      title: 'Simple responses',
      description: 'The function answers `{isAuthorized, context}` instead of a policy. Format 2.0 only.',
      default: false,
      examples: [true],
    }),
    identitySource: field(z.union([text, z.array(text)], 'expected a source, or a list of them'), {
      title: 'Identity source',
      description:
        'The parts of the request that identify the caller: a list, or a text with commas. If one is missing, the answer is 401 and the function is not called. Absent: for TOKEN the header Authorization, for REQUEST none.',
      examples: [['$request.header.Authorization'], 'method.request.header.Authorization'],
    }),
    identityValidationExpression: field(text, {
      title: 'Identity validation expression',
      description: 'A regular expression that the whole token must match. TOKEN only.',
      examples: ['Bearer [-0-9A-Za-z._~+/]+=*'],
    }),
    resultTtlInSeconds: ttl(
      'Seconds that an answer is kept for requests with the same identity sources; 0 disables it. Absent: 300 for an authorizer of a REST API that has a source, 0 for one of an HTTP API.',
    ),
    authorizerResultTtlInSeconds: ttl('The same setting; API Gateway uses this name too.'),
    metadata: field(flag, {
      title: 'Metadata',
      description: "Also puts principal and context of the authorizer into Envoy's dynamic metadata.",
      default: false,
      examples: [true],
    }),
  })
  .meta({ id: 'authorizer', title: 'Authorizer', description: 'A Lambda authorizer, as in API Gateway.' });

export type AuthorizerDocument = z.infer<typeof authorizerSchema>;
