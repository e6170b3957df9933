import type { BodyMode } from '../../ext-proc/index.ts';

/** How the ext_proc filter is configured: its `processing_mode` and `allow_mode_override`. Headers of requests are always sent. */
export interface EnvoySetup {
  readonly requestBody: BodyMode;
  readonly responseHeaders: 'SEND' | 'SKIP';
  readonly responseBody: BodyMode;
  readonly allowModeOverride: boolean;
  /** Of one streamed answer: one, and one for each entry of the `header_mutation` filter. */
  readonly streamedCookies: number;
}

/** Which parts of one request are sent: by the setup, and by `mode_override`. */
export interface SendModes {
  requestBody: BodyMode;
  requestTrailers: boolean;
  responseHeaders: boolean;
  responseBody: BodyMode;
  responseTrailers: boolean;
}

/** Full duplex needs trailers. */
export function sendModes({ requestBody, responseHeaders, responseBody }: EnvoySetup): SendModes {
  return {
    requestBody,
    requestTrailers: requestBody === 'FULL_DUPLEX_STREAMED',
    responseHeaders: responseHeaders === 'SEND',
    responseBody,
    responseTrailers: responseBody === 'FULL_DUPLEX_STREAMED',
  };
}
