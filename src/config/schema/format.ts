import { z } from 'zod';
import { FORMATS, type FormatName } from '../../formats/index.ts';
import { field, flag, integer, template, text } from './field.ts';

const names = Object.keys(FORMATS) as FormatName[];

export const formatName = z.enum(names);

/** AWS's own names. Which format has a use for which field is checked when the document is compiled. */
export const format = z.strictObject({
  stage: field(template, {
    title: 'Stage',
    description: 'Name of the stage. Absent: `$default`, or `prod` with api-gateway-v1.',
    examples: ['prod'],
  }),
  stageVariables: field(z.record(z.string(), template), {
    title: 'Stage variables',
    description: '`stageVariables` of the event: name to template.',
    examples: [{ tier: 'gold' }],
  }),
  resource: field(template, {
    title: 'Resource',
    description:
      "Path with parameters, such as `/users/{id}` or `/{proxy+}`: the event's path parameters, and `{#request.pathParams['id']}` in expressions of the step. A request whose path does not match it is a 404.",
    examples: ['/users/{id}', '/{proxy+}'],
  }),
  routeKey: field(template, {
    title: 'Route key',
    description:
      'Route of an HTTP API. Absent: the method and `resource`, or `$default` if there is no `resource`. The path of a literal route key is the `resource`.',
    examples: ['GET /users/{id}', '$default'],
  }),
  accountId: field(template, {
    title: 'Account id',
    description: '`requestContext.accountId`. Absent: `000000000000`; with function-url `anonymous`.',
    examples: ['123456789012'],
  }),
  apiId: field(template, {
    title: 'API id',
    description: '`requestContext.apiId`. Absent: `lambda-ext-proc`.',
    examples: ['a1b2c3d4e5'],
  }),
  domainName: field(template, {
    title: 'Domain name',
    description: "`requestContext.domainName`; its first label is `domainPrefix`. Absent: the request's host.",
    examples: ['api.example.com'],
  }),
  multiValueHeaders: field(flag, {
    title: 'Multi-value headers',
    description:
      'alb only: like the target group attribute `lambda.multi_value_headers.enabled`, for events and for results.',
    default: false,
    examples: [true],
  }),
  targetGroupArn: field(template, {
    title: 'Target group ARN',
    description: 'alb only: `requestContext.elb.targetGroupArn`. Absent: an ARN in the account `000000000000`.',
    examples: ['arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/orders/6d0ecf831eec9f09'],
  }),
  headerNames: field(z.enum(['canonical', 'lower']), {
    title: 'Header names',
    description:
      'Spelling of header names in events of format 1.0: `Content-Type` or `content-type`. Envoy sends them in lower case.',
    default: 'canonical',
    examples: ['lower'],
  }),
  binaryMediaTypes: field(z.array(text), {
    title: 'Binary media types',
    description: 'Media types whose bodies are always base64, in addition to those that AWS encodes anyway.',
    default: [],
    examples: [['image/*', 'application/json']],
  }),
  trustedProxies: field(
    z.union([integer(1, 16), z.array(text)], 'expected the number of proxies, or a list such as ["10.0.0.0/8"]'),
    {
      title: 'Trusted proxies',
      description:
        'Proxies in front of Envoy whose `x-forwarded-for` is trusted for `sourceIp`: their number, or their addresses and networks. Absent: `sourceIp` is the address of the connection that Envoy sends.',
      examples: [1, ['10.0.0.0/8', '192.0.2.7']],
    },
  ),
});
