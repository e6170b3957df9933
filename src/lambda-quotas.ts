/** AWS Lambda's own limits, in bytes: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */

/** Of a payload, and of an answer, of a synchronous invocation. */
export const SYNCHRONOUS_BYTES = 6 * 1024 * 1024;
/** What is taken of an answer: the service's quota, and some for what wraps it. */
export const MAX_ANSWER_BYTES = SYNCHRONOUS_BYTES + 128 * 1024;
/** Of the payload of an Event. */
export const EVENT_BYTES = 1024 * 1024;

/** Of X-Amz-Client-Context, which is base64 with its padding. */
export const CLIENT_CONTEXT_BASE64_BYTES = 3_583;
/** Of the text that becomes it. */
export const CLIENT_CONTEXT_BYTES = Math.floor(CLIENT_CONTEXT_BASE64_BYTES / 4) * 3;

/** Of one session of an assumed role: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const ROLE_SESSION_SECONDS = 43_200;
