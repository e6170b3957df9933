import { ENVOY_MINOR_ATTRIBUTE, METADATA_NAMESPACE, STREAMING_MINOR } from '../../envoy-names.ts';
import type { EnvoySettings, StreamingConfiguration } from '../../policy/index.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { isSent } from './filters.ts';
import { cookieEntries, cookieEntry } from './streamed-cookies.ts';
import { nameOf, type UsedRoute } from './used-routes.ts';

const ENVOY_DEFAULT_IDLE = 300_000;
/** How much longer Envoy must wait than the server, so that the server ends a late answer, with an error key. */
const SLACK_MS = 60_000;

/** Checks what a route and the rest of Envoy's configuration need so that answers are sent while they arrive. */
export function checkStreaming(
  used: UsedRoute,
  { told, receives }: { readonly told: EnvoySettings; readonly receives: boolean },
  reporter: Reporter,
): void {
  const streams = streamsOf(used);
  if (streams.length === 0) return;
  checkBodyMode(used, reporter);
  checkVersion(used, told, reporter);
  checkTimes(used, streams, reporter);
  checkCookies(used, { told, receives }, reporter);
  checkLog(used, reporter);
}

/** Cookies of a streamed answer are secrets, which must not be in access logs. */
function checkLog(used: UsedRoute, reporter: Reporter): void {
  if (cookieEntries(used).last === 1) return;
  const logs = used.filter.manager.node.get('access_log');
  if (logs === undefined || !JSON.stringify(logs.data).includes(WHOLE_NAMESPACE)) return;
  const message = `writes the cookies of streamed answers of ${nameOf(used)}, which are in this namespace, to the access log: write \`%DYNAMIC_METADATA(${METADATA_NAMESPACE}:policies)%\` and \`…:variables\` instead of \`${WHOLE_NAMESPACE}\``;
  reporter.warn(logs.path, message);
}

const WHOLE_NAMESPACE = `%DYNAMIC_METADATA(${METADATA_NAMESPACE})%`;

export function streamsOf({ policies }: Pick<UsedRoute, 'policies'>): readonly StreamingConfiguration[] {
  return policies.request.flatMap(({ configuration: { streaming } }) => (streaming === undefined ? [] : [streaming]));
}

const COLLECTED = 'answers are collected up to limits.bodyBytes and sent as a whole';
const DUPLEX =
  '`processing_mode: {request_header_mode: SEND, response_header_mode: SKIP, request_body_mode: FULL_DUPLEX_STREAMED, request_trailer_mode: SEND}` in `overrides` of the route';

function checkBodyMode(used: UsedRoute, reporter: Reporter): void {
  const { route, filter, policies } = used;
  const modes = route.processingMode;
  const place = modes ?? filter.config;
  const mode = modes?.text('request_body_mode') ?? 'NONE';
  if (mode === 'FULL_DUPLEX_STREAMED') {
    if (modes?.text('request_trailer_mode') === 'SEND') return;
    const message =
      'Envoy rejects request_body_mode FULL_DUPLEX_STREAMED without it: write `request_trailer_mode: SEND`';
    reporter.error(place.placeOf('request_trailer_mode'), message);
  } else if (mode !== 'NONE') {
    const message = `${nameOf(used)} streams, which Envoy cannot do in this mode: ${COLLECTED}; write ${DUPLEX}`;
    reporter.warn(place.placeOf('request_body_mode'), message);
  } else if (policies.needs.requestBody) {
    const message = `${nameOf(used)} streams and reads the request's body, and Envoy cannot stream after a body in this mode: if a request has one, ${COLLECTED}; write ${DUPLEX}`;
    reporter.warn(place.placeOf('request_body_mode'), message);
  }
}

function checkVersion(used: UsedRoute, { version }: EnvoySettings, reporter: Reporter): void {
  const { filter } = used;
  if (version !== undefined) {
    if (Number(version.split('.')[1]) >= STREAMING_MINOR) return;
    const message = `${nameOf(used)} streams, which Envoy ${version} cannot do: ${COLLECTED}; use 1.${STREAMING_MINOR} or later`;
    reporter.warn(filter.config.path, message);
  } else if (!isSent(filter, ENVOY_MINOR_ATTRIBUTE)) {
    const message = `the server does not know whether this Envoy can stream, and an Envoy before 1.${STREAMING_MINOR} answers with an empty 500: add \`${ENVOY_MINOR_ATTRIBUTE}\` to \`request_attributes\`, or write \`envoy: {version: "1.${STREAMING_MINOR}"}\` or later in policies.yaml`;
    reporter.warn(filter.config.placeOf('request_attributes'), message);
  }
}

/** Checks Envoy's own deadlines, which cut a stream without an error key. */
function checkTimes(used: UsedRoute, streams: readonly StreamingConfiguration[], reporter: Reporter): void {
  const { route, filter } = used;
  const manager = filter.manager.node;
  const action = route.node.get('route');
  const idle = Math.max(...streams.map(({ times }) => times.idleTimeoutMs));
  const total = Math.max(...streams.map(({ times }) => times.totalTimeoutMs));
  const idleHolder = action?.get('idle_timeout') === undefined ? manager : action;
  const idleField = idleHolder === manager ? 'stream_idle_timeout' : 'idle_timeout';
  const idleLimit = idleHolder.duration(idleField) ?? ENVOY_DEFAULT_IDLE;
  if (idleLimit !== 0 && idleLimit < idle) {
    const message = `Envoy aborts an answer of ${nameOf(used)} that is idle for ${idleLimit} ms, but its step may wait ${idle} ms (streaming.idleTimeoutMs): write \`${idleField}: ${seconds(idle)}\` or more, or \`idleTimeoutMs: ${idleLimit}\``;
    reporter.warn(idleHolder.placeOf(idleField), message);
  }
  const longest = durationLimit(used);
  if (longest === undefined) {
    const message = `nothing ends an answer of ${nameOf(used)} whose caller reads slowly or not at all, and Envoy buffers all of it: write \`max_stream_duration: ${seconds(total + SLACK_MS)}\` in common_http_protocol_options, or in \`max_stream_duration\` of the route`;
    reporter.warn(manager.path, message);
  } else if (longest.ms < total) {
    const message = `Envoy aborts answers of ${nameOf(used)} after ${longest.ms} ms, before \`totalTimeoutMs: ${total}\`, and without an error key: write ${seconds(total + SLACK_MS)}, or reduce totalTimeoutMs`;
    reporter.warn(longest.node.path, message);
  }
}

function durationLimit({ route, filter }: UsedRoute): { readonly node: EnvoyNode; readonly ms: number } | undefined {
  const own = route.node.find('route', 'max_stream_duration');
  const options = filter.manager.node.get('common_http_protocol_options');
  for (const [holder, field] of [
    [own, 'max_stream_duration'],
    [options, 'max_stream_duration'],
  ] as const) {
    const node = holder?.get(field);
    const ms = holder?.duration(field);
    if (node !== undefined && ms !== undefined && ms > 0) return { node, ms };
  }
  return undefined;
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)}s`;
}

/** A streamed answer has one `set-cookie` header; the other cookies are sent as metadata, and a filter before ext_proc adds them. */
function checkCookies(
  used: UsedRoute,
  { told, receives }: { readonly told: EnvoySettings; readonly receives: boolean },
  reporter: Reporter,
): void {
  const { filter } = used;
  const { last, place } = cookieEntries(used);
  const expected = told.streamedCookies ?? 1;
  if (last === 1) {
    const message = `a streamed answer of ${nameOf(used)} can have only one cookie, and answers with more are logged as errors: add the header_mutation filter of envoy/envoy.yaml before ext_proc, and write \`envoy: {streamedCookies: 4}\` in policies.yaml`;
    if (expected > 1)
      reporter.error(
        filter.node.path,
        `the server has the setting \`streamedCookies: ${expected}\`, but no filter adds cookies: all after the first are lost; ${message}`,
      );
    else reporter.warn(filter.node.path, message);
    return;
  }
  if (expected > last) {
    const message = `the server has the setting \`streamedCookies: ${expected}\`, but this filter adds cookies only up to number ${last}: the others are lost; add an entry for \`${cookieEntry(last + 1)}\`, or write \`streamedCookies: ${last}\``;
    reporter.error(place, message);
  } else if (expected < last) {
    const message = `the server does not know this filter, and logs an error for each answer with more than ${expected} ${expected === 1 ? 'cookie' : 'cookies'}: write \`envoy: {streamedCookies: ${last}}\` in policies.yaml`;
    reporter.warn(place, message);
  }
  if (receives) return;
  const message = `the cookies of this filter never arrive: write \`metadata_options: {receiving_namespaces: {untyped: [${METADATA_NAMESPACE}]}}\``;
  reporter.error(filter.config.placeOf('metadata_options'), message);
}
