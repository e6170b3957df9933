import { z } from 'zod';
import { invocationDefaults } from '../../lambda/index.ts';
import { ROLE_SESSION_SECONDS } from '../../lambda-quotas.ts';
import { field, integer, template } from './field.ts';

/** One role of `roleChain`. */
export const role = z.strictObject({
  roleArn: template.meta({
    title: 'Role ARN',
    description: 'Role to assume with the credentials of the previous entry.',
    examples: ['arn:aws:iam::111111111111:role/hub'],
  }),
  roleSessionName: field(template, {
    title: 'Role session name',
    description: 'Name of the session.',
    default: invocationDefaults.roleSessionName,
    examples: ['gravitee'],
  }),
  externalId: field(template, {
    title: 'External id',
    description: 'ExternalId for the call to STS.',
    examples: ['acme-7f3c'],
  }),
  durationSeconds: field(integer(1, ROLE_SESSION_SECONDS), {
    title: 'Duration',
    description: 'Duration of the session in seconds. Absent: the default of STS, 3600.',
    examples: [3600],
  }),
});
