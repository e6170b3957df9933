import type { Reporter } from '../compile/reporter.ts';
import type { Filter } from './filters.ts';
import { nameOf, type UsedRoute } from './used-routes.ts';

export const SENT_EARLY = 'send_body_without_waiting_for_header_response';
const WHOLE_BODY: ReadonlySet<string> = new Set(['BUFFERED', 'FULL_DUPLEX_STREAMED']);

/** Checks that Envoy sends what the policies of a route read: because of its own mode, or because the server may request it. */
export function checkModes(filter: Filter, used: UsedRoute, reporter: Reporter): void {
  const { config } = filter;
  const { policies, route } = used;
  const { needs } = policies;
  const modes = route.processingMode;
  const place = modes ?? config;
  const mayAsk = config.flag('allow_mode_override');
  const requestBody = modes?.text('request_body_mode') ?? 'NONE';
  const responseBody = modes?.text('response_body_mode') ?? 'NONE';
  if (modes?.text('request_header_mode') === 'SKIP') {
    const message = 'no policy ever runs, because the server never sees a request: write `request_header_mode: SEND`';
    reporter.error(place.placeOf('request_header_mode'), message);
  }
  if (requestBody === 'FULL_DUPLEX_STREAMED' || responseBody === 'FULL_DUPLEX_STREAMED') {
    checkDuplex(used, requestBody, responseBody, reporter);
  } else if (!mayAsk) {
    checkWithoutOverride(filter, used, reporter);
    checkTrailers(filter, used, reporter);
  }
  if (config.items('allowed_override_modes').length > 0) {
    const bypassed = needs.requestBody || needs.responseBody;
    const outcome = bypassed
      ? `requests bypass policies of ${nameOf(used)} that read a body`
      : 'requests may bypass policies';
    const message = `Envoy silently ignores every other mode that the server requests, and ${outcome}: remove it`;
    reporter[bypassed || needs.response ? 'error' : 'warn'](config.placeOf('allowed_override_modes'), message, 'key');
  }
  checkSentEarly(filter, used, reporter);
  if (mayAsk && requestBody === 'BUFFERED' && !needs.requestBody) {
    const message = `every request's body is buffered, although ${nameOf(used)} reads none: write \`request_body_mode: NONE\`, the server requests bodies when it needs them`;
    reporter.warn(place.placeOf('request_body_mode'), message);
  }
}

function checkWithoutOverride(filter: Filter, used: UsedRoute, reporter: Reporter): void {
  const { config } = filter;
  const { needs } = used.policies;
  const modes = used.route.processingMode;
  const sendsResponse = modes?.text('response_header_mode') !== 'SKIP';
  const missing = [
    ...(needs.requestBody && !WHOLE_BODY.has(modes?.text('request_body_mode') ?? 'NONE') ? ["the request's body"] : []),
    ...(needs.response && !sendsResponse ? ['the response'] : []),
    ...(needs.responseBody && !WHOLE_BODY.has(modes?.text('response_body_mode') ?? 'NONE')
      ? ["the response's body"]
      : []),
  ];
  if (missing.length === 0) return;
  const outcome =
    needs.requestBody || needs.responseBody ? 'requests bypass policies that read a body' : 'they never run';
  const message = `${nameOf(used)} needs ${missing.join(' and ')}, which Envoy does not send without this: ${outcome}; write \`allow_mode_override: true\``;
  reporter.error(config.placeOf('allow_mode_override'), message);
}

/** With this flag Envoy accepts no `mode_override`, and the server must hold back the body that the flag is meant to send early. */
function checkSentEarly({ config }: Filter, used: UsedRoute, reporter: Reporter): void {
  if (!config.flag(SENT_EARLY)) return;
  const { needs } = used.policies;
  const modes = used.route.processingMode;
  const bodies = [modes?.text('request_body_mode') ?? 'NONE', modes?.text('response_body_mode') ?? 'NONE'];
  const hidden = (needs.requestBody && bodies[0] === 'NONE') || (needs.responseBody && bodies[1] === 'NONE');
  const isBypassed = hidden || (needs.response && modes?.text('response_header_mode') === 'SKIP');
  const message = isBypassed
    ? `Envoy accepts no mode_override with it: requests bypass policies of ${nameOf(used)} that read a body or a response; remove it`
    : 'Envoy accepts no mode_override with it, and the server still holds the headers back until the policies have run: remove it';
  reporter[isBypassed ? 'error' : 'warn'](config.placeOf(SENT_EARLY), message, 'key');
}

/**
 * If trailers directly follow the headers, Envoy sends no body message: only the trailers show the server that the policies
 * would be bypassed. The server requests them if it may.
 */
function checkTrailers(filter: Filter, used: UsedRoute, reporter: Reporter): void {
  const modes = used.route.processingMode;
  const place = modes ?? filter.config;
  const { needs } = used.policies;
  const reads = { request: needs.requestBody, response: needs.responseBody };
  for (const phase of ['request', 'response'] as const) {
    if (!reads[phase] || modes?.text(`${phase}_body_mode`) !== 'BUFFERED') continue;
    const field = `${phase}_trailer_mode`;
    if (modes.text(field) === 'SEND') continue;
    const message = `a ${phase} with trailers and no body bypasses the policies of ${nameOf(used)}: write \`${field}: SEND\`, or \`allow_mode_override: true\``;
    reporter.error(place.placeOf(field), message);
  }
}

/** Overrides do not work in this mode, so the configuration itself must be right. */
function checkDuplex(used: UsedRoute, requestBody: string, responseBody: string, reporter: Reporter): void {
  const { needs } = used.policies;
  const place = used.route.processingMode ?? used.route.node;
  const message = (phase: string): string => {
    return `${nameOf(used)} reads the ${phase}'s body, which the server cannot request in this mode: write \`${phase}_body_mode: FULL_DUPLEX_STREAMED\`, or NONE for both with \`allow_mode_override: true\``;
  };
  if (needs.requestBody && !WHOLE_BODY.has(requestBody)) {
    reporter.error(place.placeOf('request_body_mode'), message('request'));
  }
  if (needs.responseBody && !WHOLE_BODY.has(responseBody)) {
    reporter.error(place.placeOf('response_body_mode'), message('response'));
  }
}

const ENVOY_DEFAULT_BUFFER = 1024 * 1024;

/**
 * Envoy refuses a body that is larger than its own buffer (413 for a request) only if the body arrives slowly. If the buffer is full
 * before the server has requested the body, Envoy 1.40 stops reading, until the server gives up waiting.
 */
export function checkBufferLimit(filter: Filter, used: UsedRoute, bodyBytes: number, reporter: Reporter): void {
  const { needs } = used.policies;
  if (!needs.requestBody && !needs.responseBody) return;
  const place = filter.manager.listener ?? filter.config;
  const limit = filter.manager.listener?.number('per_connection_buffer_limit_bytes') ?? ENVOY_DEFAULT_BUFFER;
  if (limit >= bodyBytes) return;
  const message = `bodies over ${limit} bytes never reach a policy, while limits.bodyBytes is ${bodyBytes}: their callers get a 413, or wait for limits.bodyWaitMs and get a 500; write \`per_connection_buffer_limit_bytes: ${bodyBytes}\`, or \`limits: {bodyBytes: ${limit}}\` in policies.yaml`;
  reporter.error(place.placeOf('per_connection_buffer_limit_bytes'), message);
}
