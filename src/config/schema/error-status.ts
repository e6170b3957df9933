import { z } from 'zod';
import { errorCatalogue } from '../../policy/index.ts';
import { field, httpStatus } from './field.ts';

/** Status to the caller by class of failure. */
export const errorStatus = z.strictObject({
  throttled: field(httpStatus, {
    title: 'Throttled',
    description: 'Status to the caller when Lambda throttles.',
    default: errorCatalogue.AWS_LAMBDA_INVALID_RESPONSE.status,
    examples: [429],
  }),
  timeout: field(httpStatus, {
    title: 'Timeout',
    description: 'Status to the caller when a time limit passes.',
    default: errorCatalogue.AWS_LAMBDA_INVALID_RESPONSE.status,
    examples: [504],
  }),
  tooLarge: field(httpStatus, {
    title: 'Too large',
    description: 'Status to the caller when the payload is too large for Lambda.',
    default: errorCatalogue.AWS_LAMBDA_INVALID_RESPONSE.status,
    examples: [413],
  }),
});
