import { FORMATS, type Format, rawStream, type StreamedResponseFormat } from '../../formats/index.ts';
import {
  defaultStreamLimits,
  defaultStreamTimeouts,
  type LambdaConfiguration,
  type StreamingConfiguration,
} from '../../policy/index.ts';
import type { ConfigurationDocument } from '../schema/index.ts';
import type { ConfigurationScope } from './configuration-scope.ts';

type StreamingFields = Exclude<ConfigurationDocument['streaming'], boolean | null | undefined>;

const LIMITS = ['idleTimeoutMs', 'totalTimeoutMs', 'maxBytes', 'bytesPerSecond', 'burstBytes'] as const;
type Limit = (typeof LIMITS)[number];

const builtIn: Readonly<Record<Limit, number>> = { ...defaultStreamTimeouts, ...defaultStreamLimits };

/** `true` keeps the limits of `defaults`, or the built-in ones: it does not replace them. */
export function withStreamingFields(document: ConfigurationDocument): ConfigurationDocument {
  return document.streaming === true ? { ...document, streaming: {} } : document;
}

export interface StreamingPlace {
  readonly phase: 'request' | 'response';
  /** `configuration` of `defaults`, below the step. */
  readonly below: ConfigurationDocument;
}

type Beside = Pick<LambdaConfiguration, 'sendToConsumer' | 'answer' | 'invocationType'>;

/**
 * Compiles `streaming` of a step; undefined if its answer is sent as a whole, and after a reported error. `streaming` of `defaults`
 * applies only to steps that can stream.
 */
export function compileStreaming(
  document: ConfigurationDocument,
  beside: Beside,
  place: StreamingPlace,
  scope: ConfigurationScope,
): StreamingConfiguration | undefined {
  const { streaming } = document;
  if (streaming === null || streaming === undefined || typeof streaming === 'boolean') return undefined;
  const obstacle = obstacleOf(document, beside, place.phase);
  if (obstacle !== undefined) {
    if (scope.says(['streaming'])) scope.error(['streaming'], obstacle, 'key');
    return undefined;
  }
  checkBeside(document, beside, scope);
  const all = limitsOf(streaming);
  checkTimeouts(all, streaming, scope);
  if (scope.isInline) checkBounds(streaming, place.below.streaming, scope);
  const { idleTimeoutMs, totalTimeoutMs, ...limits } = all;
  return { limits, times: { idleTimeoutMs, totalTimeoutMs }, format: formatOf(document, streaming, scope) };
}

/** Why a step of this kind cannot stream its answer; undefined if it can. */
function obstacleOf(
  { responseFormat, requestFormat }: ConfigurationDocument,
  { sendToConsumer, invocationType }: Beside,
  phase: StreamingPlace['phase'],
): string | undefined {
  if (phase === 'response') {
    return 'has no effect in the response phase, where Envoy accepts only complete bodies: remove it, or answer in a request step';
  }
  if (sendToConsumer !== true) {
    const why =
      sendToConsumer === false
        ? 'otherwise the answer is not sent to a caller'
        : 'an expression is evaluated when the answer is complete';
    return `requires \`sendToConsumer: true\`: ${why}`;
  }
  if (invocationType !== 'RequestResponse') {
    return `requires \`invocationType: RequestResponse\`: ${invocationType} has no result to send`;
  }
  if ((responseFormat ?? requestFormat) === 'alb') {
    return 'cannot be combined with the format alb, which AWS does not stream: use another `responseFormat`, such as function-url, or raw for plain bytes';
  }
  return undefined;
}

/** Reports fields that need the whole answer, or that replace it. */
function checkBeside(document: ConfigurationDocument, { answer }: Beside, scope: ConfigurationScope): void {
  const { cache } = document;
  if (cache?.ttlSeconds) {
    const message = `cannot be combined with \`streaming\`, because only a complete result is kept: remove one of them${inDefaults(scope, 'cache')}`;
    scope.error(['cache'], message, 'key');
  }
  if (answer.body !== undefined) {
    const message = `replaces the body that \`streaming\` sends: remove one of them${inDefaults(scope, 'answer')}`;
    scope.error(['answer', 'body'], message, 'key');
  }
  for (const template of scope.templates) {
    const path = scope.placeOf(template);
    const isLater = path[0] === 'variables' || (path[0] === 'answer' && path[1] !== 'body');
    if (!isLater || !template.needs.lambdaResponseBody) continue;
    const message =
      'reads the content of a streamed answer, which is never available: read its status or headers, or remove `streaming`';
    scope.error(path, message);
  }
}

function inDefaults(scope: ConfigurationScope, field: string): string {
  return scope.says([field]) ? '' : ` (\`${field}: null\` here removes the one of \`defaults\`)`;
}

function limitsOf(fields: StreamingFields): Readonly<Record<Limit, number>> {
  return {
    idleTimeoutMs: fields.idleTimeoutMs ?? builtIn.idleTimeoutMs,
    totalTimeoutMs: fields.totalTimeoutMs ?? builtIn.totalTimeoutMs,
    maxBytes: fields.maxBytes ?? builtIn.maxBytes,
    bytesPerSecond: fields.bytesPerSecond ?? builtIn.bytesPerSecond,
    burstBytes: fields.burstBytes ?? builtIn.burstBytes,
  };
}

function checkTimeouts(
  { idleTimeoutMs, totalTimeoutMs }: Readonly<Record<Limit, number>>,
  fields: StreamingFields,
  scope: ConfigurationScope,
): void {
  if (typeof fields.idleTimeoutMs !== 'number' || idleTimeoutMs <= totalTimeoutMs) return;
  const message = `is longer than totalTimeoutMs (${totalTimeoutMs}), which ends the answer earlier: increase that one too`;
  scope.warn(['streaming', 'idleTimeoutMs'], message);
}

/** Inline policies may lower the document's limits but not raise them, because all routes share Envoy's memory. */
function checkBounds(
  fields: StreamingFields,
  below: ConfigurationDocument['streaming'],
  scope: ConfigurationScope,
): void {
  const bounds = typeof below === 'object' && below !== null ? limitsOf(below) : builtIn;
  for (const name of LIMITS) {
    const value = fields[name];
    if (typeof value !== 'number' || value <= bounds[name]) continue;
    const message = `is more than the ${bounds[name]} that inline policies may set: increase \`streaming: {${name}: ${value}}\` in \`defaults\` of policies.yaml`;
    scope.error(['streaming', name], message);
  }
}

function formatOf(
  { responseFormat, requestFormat }: ConfigurationDocument,
  { prelude }: StreamingFields,
  scope: ConfigurationScope,
): StreamedResponseFormat {
  const name = responseFormat ?? requestFormat ?? 'raw';
  const format: Format = FORMATS[name];
  if (hasPrelude(format)) return prelude === false ? rawStream : format.streamed;
  if (prelude === true && scope.says(['streaming', 'prelude'])) {
    const names = Object.entries<Format>(FORMATS).flatMap(([other, one]) => (hasPrelude(one) ? [other] : []));
    const message = `${name} has no prelude: choose a \`responseFormat\` that has one, ${names.join(', ')}`;
    scope.error(['streaming', 'prelude'], message);
  }
  return rawStream;
}

function hasPrelude(format: Format): format is Format & { readonly streamed: StreamedResponseFormat } {
  return format.streamed !== undefined && format.streamed !== rawStream;
}
