import { z } from 'zod';
import { field, text } from './field.ts';

const globs = z.array(text.min(1));

/** What may be called, where, and as whom. `*` matches any characters but a colon. */
export const rightsSchema = z
  .strictObject({
    functions: field(globs, {
      title: 'Functions',
      description:
        "Names of functions in the signing identity's own account, or ARNs. An ARN in a policy matches only a glob that is an ARN.",
      examples: [['order-*', 'arn:aws:lambda:*:123456789012:function:order-*']],
    }),
    regions: field(globs, { title: 'Regions', description: 'AWS regions.', examples: [['us-east-1', 'eu-*']] }),
    endpoints: field(globs, {
      title: 'Endpoints',
      description: 'https://host[:port][/path]; without a port the default port of the scheme.',
      examples: [['https://*.lambda.us-east-1.vpce.amazonaws.com']],
    }),
    roles: field(globs, {
      title: 'Roles',
      description: 'ARNs of roles, including those in a role chain.',
      examples: [['arn:aws:iam::123456789012:role/invoke-*']],
    }),
  })
  .meta({ id: 'rights', title: 'Rights', description: 'Lists of globs; `*` matches any characters except a colon.' });

export type RightsDocument = z.infer<typeof rightsSchema>;
