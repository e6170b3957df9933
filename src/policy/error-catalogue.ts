/**
 * Every error that a caller can be answered with: key, default status, message. The key is what response templates,
 * `details` of an immediate response (`lambda_ext_proc{KEY}`) and metrics use; docs/reference/errors.md has an anchor
 * for each. Keys are never reused.
 */
export const errorCatalogue = {
  AWS_LAMBDA_INVALID_RESPONSE: { status: 500, message: 'An error occurs while invoking lambda function.' },
  AWS_LAMBDA_INVALID_STATUS_CODE: { status: 400, message: 'Invalid status code from lambda function response.' },
  AWS_LAMBDA_TEMPLATE_VARIABLE_EXCEPTION: {
    status: 500,
    message: 'An error occurs while processing context variables.',
  },
  LAMBDA_EXT_PROC_INTERNAL: { status: 500, message: 'Request processing broken' },
  LAMBDA_EXT_PROC_UNMATCHED: { status: 500, message: 'No Lambda policy is configured for this route.' },
  LAMBDA_EXT_PROC_UNKNOWN_API: { status: 500, message: 'The Lambda policy named by this route is unknown.' },
  LAMBDA_EXT_PROC_AMBIGUOUS_API: { status: 500, message: 'More than one Lambda policy is configured for this route.' },
  LAMBDA_EXT_PROC_INVALID_POLICIES: { status: 500, message: 'The Lambda policies of this route are invalid.' },
  LAMBDA_EXT_PROC_NOT_ALLOWED: { status: 403, message: 'The Lambda policy does not allow what this request asks for.' },
  LAMBDA_EXT_PROC_UNAUTHORIZED: { status: 401, message: 'Unauthorized' },
  LAMBDA_EXT_PROC_FORBIDDEN: { status: 403, message: 'Forbidden' },
  LAMBDA_EXT_PROC_AUTHORIZER_FAILED: { status: 500, message: 'Internal Server Error' },
  LAMBDA_EXT_PROC_AMBIGUOUS_PATH: { status: 400, message: 'The path or the method of the request is ambiguous.' },
  LAMBDA_EXT_PROC_PATH_MISMATCH: { status: 404, message: 'The path does not match the resource of the Lambda policy.' },
  LAMBDA_EXT_PROC_BODY_TOO_LARGE: { status: 413, message: 'The body is larger than the Lambda policy accepts.' },
  LAMBDA_EXT_PROC_BODY_UNAVAILABLE: { status: 500, message: 'The body that a Lambda policy needs is not available.' },
  LAMBDA_EXT_PROC_EVALUATION_LIMIT: { status: 500, message: 'The expressions of the Lambda policies take too long.' },
  LAMBDA_EXT_PROC_UNSUPPORTED_ENCODING: { status: 415, message: 'The content coding of the body is not supported.' },
  LAMBDA_EXT_PROC_MALFORMED_ENCODING: { status: 400, message: 'The body does not match its content coding.' },
  LAMBDA_EXT_PROC_SHUTTING_DOWN: { status: 503, message: 'The server is shutting down.' },
  LAMBDA_EXT_PROC_OVERLOADED: { status: 503, message: 'Too many requests are being processed.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorKey = keyof typeof errorCatalogue;
