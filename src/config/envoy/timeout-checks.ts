import { LONGEST_MESSAGE_TIMEOUT_MS } from '../../envoy-names.ts';
import type { PolicyStep } from '../../policy/index.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { CompiledPolicySet } from '../compiled-policy-set.ts';
import type { Filter } from './filters.ts';
import { toldOf } from './told.ts';
import { mayAnswer, nameOf, type UsedRoute } from './used-routes.ts';

const ENVOY_DEFAULT_TIMEOUT = 200;

/**
 * Compares Envoy's deadline for a message with the time that the policies may take, and with the value that the server has: Envoy does
 * not expose its deadline, so policies.yaml or the route's metadata must contain it.
 */
export function checkTimeouts(filter: Filter, used: UsedRoute, set: CompiledPolicySet, reporter: Reporter): void {
  const { config } = filter;
  for (const field of ['message_timeout', 'max_message_timeout']) {
    if ((config.duration(field) ?? 0) <= LONGEST_MESSAGE_TIMEOUT_MS) continue;
    reporter.error(config.placeOf(field), `Envoy rejects a \`${field}\` of more than an hour; write at most \`3600s\``);
  }
  const timeout = config.duration('message_timeout');
  const maximum = config.duration('max_message_timeout') ?? 0;
  const told = toldOf(used, set, reporter);
  const bound = longest(used);
  const wanted = Number.isFinite(bound) ? `${Math.ceil(bound / 1000)}s` : 'the longest that a function may take';
  if (timeout === undefined) {
    const message = `Envoy waits only ${ENVOY_DEFAULT_TIMEOUT} ms, less than a cold start takes: callers get a 504 while ${nameOf(used)} still waits; write \`message_timeout: ${wanted}\``;
    reporter.error(config.placeOf('message_timeout'), message);
    return;
  }
  if (told.messageTimeoutMs !== undefined && told.messageTimeoutMs !== timeout) {
    const outcome =
      told.messageTimeoutMs > timeout
        ? `but Envoy gives up after ${timeout} ms: callers get an empty 504`
        : `and gives up then, although Envoy waits for ${timeout} ms`;
    const message = `the server has the setting ${told.messageTimeoutMs} ms (envoy.messageTimeoutMs or x-lambda-envoy), ${outcome}; write \`message_timeout: ${told.messageTimeoutMs / 1000}s\`, or \`messageTimeoutMs: ${timeout}\``;
    reporter.error(config.placeOf('message_timeout'), message);
  }
  if (told.maxMessageTimeoutMs !== undefined && told.maxMessageTimeoutMs !== maximum) {
    const outcome =
      told.maxMessageTimeoutMs > maximum
        ? `but Envoy ignores more than ${maximum} ms`
        : `although Envoy allows ${maximum} ms`;
    const message = `the server has the setting that it may extend to ${told.maxMessageTimeoutMs} ms, ${outcome}: write \`max_message_timeout: ${told.maxMessageTimeoutMs / 1000}s\`, or \`maxMessageTimeoutMs: ${maximum}\``;
    reporter.error(config.placeOf('max_message_timeout'), message);
  }
  const { messageTimeoutMs, maxMessageTimeoutMs } = told;
  const extends_ =
    messageTimeoutMs !== undefined && maxMessageTimeoutMs !== undefined && maxMessageTimeoutMs > messageTimeoutMs;
  if (maximum > timeout && !extends_) {
    const message = `the server does not know it and never requests more time: write \`envoy: {messageTimeoutMs: ${timeout}, maxMessageTimeoutMs: ${maximum}}\` in policies.yaml`;
    reporter.warn(config.placeOf('max_message_timeout'), message);
  }
  // Envoy's deadline does not run in this mode (Envoy 1.40), in the request phase.
  const isDuplex = used.route.processingMode?.text('request_body_mode') === 'FULL_DUPLEX_STREAMED';
  if (isDuplex && used.policies.response.length === 0) return;
  const effective = extends_ ? Math.max(timeout, maximum) : timeout;
  if (effective < bound) {
    // The remaining tenth is for the network and for expressions.
    const lower = Math.floor((effective * 9) / (10 * stepsOf(used)));
    const takes = Number.isFinite(bound) ? `up to ${bound} ms` : 'any time';
    const message = `${nameOf(used)} may take ${takes} by its own timeouts, but Envoy gives up after ${effective} ms: callers get a 504 while the function still runs; write \`message_timeout: ${wanted}\`, or \`apiCallTimeoutMs: ${lower}\` in \`defaults\` or the step`;
    reporter.warn(config.placeOf('message_timeout'), message);
  }
}

/** The longest time between a message and its answer, by the policies' own timeouts. */
function longest({ policies }: UsedRoute): number {
  const request = sum(policies.request);
  const response = sum(policies.response);
  return Math.max(mayAnswer(policies) ? request + response : request, response);
}

/** How many steps share the longest wait. */
function stepsOf({ policies }: UsedRoute): number {
  const { request, response } = policies;
  const longer = Math.max(request.length, response.length);
  return Math.max(1, mayAnswer(policies) ? request.length + response.length : longer);
}

function sum(steps: readonly PolicyStep[]): number {
  return steps.reduce((total, step) => total + boundOf(step), 0);
}

/** The limit of all attempts, otherwise of one attempt, because retries are rare. */
function boundOf({ configuration }: PolicyStep): number {
  const { connectionTimeoutMs, readTimeoutMs, apiCallAttemptTimeoutMs, apiCallTimeoutMs } = configuration.transport;
  if (apiCallTimeoutMs) return apiCallTimeoutMs;
  if (apiCallAttemptTimeoutMs) return apiCallAttemptTimeoutMs;
  return readTimeoutMs === 0 ? Number.POSITIVE_INFINITY : connectionTimeoutMs + readTimeoutMs;
}
