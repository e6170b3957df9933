import type { BodyMode, ProcessingMode } from './wire.ts';

/**
 * What Envoy is asked for once the request's headers are answered. Every mode is named, since a body mode left out
 * becomes NONE and a header mode left out the filter's own. The response's body is asked for at its headers, when its
 * status and type are known.
 *
 * Trailers come with a body that is asked for: where they follow the headers at once Envoy sends no body message, and
 * only they tell that the policies would be passed by.
 */
export function requestOverride(wantsResponse: boolean, requestBody: BodyMode): ProcessingMode {
  return {
    request_body_mode: requestBody,
    request_trailer_mode: requestBody === 'BUFFERED' ? 'SEND' : 'SKIP',
    response_header_mode: wantsResponse ? 'SEND' : 'SKIP',
    response_body_mode: 'NONE',
    response_trailer_mode: 'SKIP',
  };
}

/** Repeats `response_header_mode: SEND`: without it a body mutation is a 500. */
export function responseOverride(responseBody: BodyMode): ProcessingMode {
  return {
    request_body_mode: 'NONE',
    request_trailer_mode: 'SKIP',
    response_header_mode: 'SEND',
    response_body_mode: responseBody,
    response_trailer_mode: responseBody === 'BUFFERED' ? 'SEND' : 'SKIP',
  };
}
