/** AWS Lambda's own limits, in bytes: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */

/** Of a payload, and of an answer, of a synchronous invocation. */
export const synchronousBytes = 6 * 1024 * 1024;
/** Of the payload of an Event. */
export const eventBytes = 1024 * 1024;

/** Of X-Amz-Client-Context, which is base64 with its padding. */
export const clientContextBase64Bytes = 3_583;
/** Of the text that becomes it. */
export const clientContextBytes = Math.floor(clientContextBase64Bytes / 4) * 3;
