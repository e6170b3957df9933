import type { EnvoySettings } from '../../policy/index.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { CompiledPolicySet } from '../compiled-policy-set.ts';
import { SENT_EARLY } from './body-checks.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { toldOf } from './told.ts';
import { nameOf, type UsedRoute } from './used-routes.ts';

/**
 * Compares `envoy:` in policies.yaml, or `x-lambda-envoy` on the route, with Envoy's own configuration. Both kinds of difference are
 * errors: if they claim too much, requests bypass policies; if they claim too little, the server refuses requests.
 */
export function checkTold(
  used: UsedRoute,
  bootstrap: EnvoyNode | undefined,
  set: CompiledPolicySet,
  reporter: Reporter,
): void {
  const { config } = used.filter;
  const told = toldOf(used, set, reporter);
  const modes = used.route.processingMode;
  if (told.allowModeOverride === true && !config.flag('allow_mode_override')) {
    const message = `the server has the setting \`allowModeOverride: true\`, but Envoy accepts no override: requests may bypass policies of ${nameOf(used)}; write \`allow_mode_override: true\`, or remove it from \`envoy:\``;
    reporter.error(config.placeOf('allow_mode_override'), message);
  }
  if (told.responseHeaders === true && modes?.text('response_header_mode') === 'SKIP') {
    const message = `the server has the setting \`responseHeaders: true\`, but Envoy skips them: responses may bypass policies of ${nameOf(used)}; write \`response_header_mode: SEND\`, or remove it from \`envoy:\``;
    reporter.error(modes.placeOf('response_header_mode'), message);
  }
  checkRefused(used, told, reporter);
  if (bootstrap !== undefined) checkVersion(told, bootstrap, reporter);
}

/** Body modes that the server accepts without an override. In other modes it requests BUFFERED. */
const BUFFERING: ReadonlySet<string> = new Set(['BUFFERED', 'BUFFERED_PARTIAL']);

/**
 * Reports requests that the server refuses at their headers, because it does not know that Envoy sends, or would send, what the policies
 * need. checkModes reports what Envoy really does not send.
 */
function checkRefused(used: UsedRoute, told: EnvoySettings, reporter: Reporter): void {
  const { filter, route, policies } = used;
  const { config } = filter;
  if (config.flag('observability_mode')) return;
  const body = (phase: string): string => route.processingMode?.text(`${phase}_body_mode`) ?? 'NONE';
  const isDuplex = [body('request'), body('response')].includes('FULL_DUPLEX_STREAMED');
  const mayAsk = config.flag('allow_mode_override') && !config.flag(SENT_EARLY) && !isDuplex;
  if (mayAsk && told.allowModeOverride === true) return;
  const { needs } = policies;
  const isAsked = (phase: string): boolean => !BUFFERING.has(body(phase));
  const mustSeeResponse = needs.response && !needs.answersAlways;
  const sendsHeaders = route.processingMode?.text('response_header_mode') !== 'SKIP';
  const missing = [
    ...(mayAsk && needs.requestBody && isAsked('request') ? ["the request's body"] : []),
    ...(mustSeeResponse && told.responseHeaders !== true && (mayAsk || sendsHeaders) ? ['the response'] : []),
    ...(mayAsk && mustSeeResponse && needs.responseBody && isAsked('response') ? ["the response's body"] : []),
  ];
  if (missing.length === 0) return;
  const message = `the server does not know that Envoy sends ${missing.join(' and ')}, so it refuses each request of ${nameOf(used)} that needs it: write \`envoy: {${mayAsk ? 'allowModeOverride' : 'responseHeaders'}: true}\` in policies.yaml, or in \`x-lambda-envoy\` of the route`;
  reporter.error(mayAsk ? config.placeOf('allow_mode_override') : config.placeOf('processing_mode'), message);
}

/** Only a dump of a running Envoy contains the version. */
function checkVersion({ version }: EnvoySettings, bootstrap: EnvoyNode, reporter: Reporter): void {
  const node = bootstrap.find('node', 'user_agent_build_version', 'version');
  const major = node?.number('major_number');
  const minor = node?.number('minor_number');
  if (version === undefined || node === undefined || major === undefined || minor === undefined) return;
  if (version === `${major}.${minor}` || version.startsWith(`${major}.${minor}.`)) return;
  const message = `the server has the setting \`version: "${version}"\`, but this is ${major}.${minor}: write \`envoy: {version: "${major}.${minor}"}\``;
  reporter.error(node.path, message);
}
