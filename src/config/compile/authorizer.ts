import { type CompiledTemplate, wholePattern } from '../../expression/index.ts';
import {
  Authorizer,
  type AuthorizerService,
  type FormatName,
  type FormatOptions,
  type IdentitySource,
  parseIdentitySource,
} from '../../formats/index.ts';
import { type AuthorizerStep, CACHE_ENTRIES } from '../../policy/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { AuthorizerDocument, ConfigurationDocument, StepDocument } from '../schema/index.ts';
import type { ConfigurationScope } from './configuration-scope.ts';
import type { Reporter } from './reporter.ts';

/** Whose events a service's authorizers get, without a body. */
const FORMAT_OF: Readonly<Record<AuthorizerService, FormatName>> = {
  rest: 'api-gateway-v1',
  'http-v1': 'http-api-v1',
  'http-v2': 'api-gateway-v2',
};

/** API Gateway's default: results of a REST API's authorizers are kept for five minutes. */
const REST_TTL_SECONDS = 300;

/** Fields of a configuration that define what a function is sent or what happens to its result. */
const WITHOUT_EFFECT = [
  'payload',
  'requestFormat',
  'responseFormat',
  'sendToConsumer',
  'answer',
  'mutations',
  'errorStatus',
  'cache',
  'streaming',
] as const;

/** The configuration of an authorizer's step: only the fields of `defaults` that define how to call the function apply. */
export function authorizerConfiguration(
  authorizer: AuthorizerDocument,
  merged: ConfigurationDocument,
): ConfigurationDocument {
  const kept = Object.entries(merged).filter(([name]) => !WITHOUT_EFFECT.some((field) => field === name));
  return {
    ...Object.fromEntries(kept),
    requestFormat: FORMAT_OF[serviceOf(authorizer)],
    responseFormat: 'raw',
    invocationType: 'RequestResponse',
    // Each caller has an entry of its own: the memory that the entries take limits their number, not this setting.
    cache: { ttlSeconds: ttlOf(authorizer), maxEntries: CACHE_ENTRIES.most },
  };
}

/** What cannot be used with `authorizer`: a caller could get past it, or it would have no effect. */
export function checkAuthorizerStep(
  document: StepDocument,
  { path, phase }: { readonly path: DocumentPath; readonly phase: 'request' | 'response' },
  scope: ConfigurationScope,
  reporter: Reporter,
): void {
  if (phase === 'response') {
    reporter.error(
      [...path, 'authorizer'],
      'has no effect in the response phase: the request has already been served',
      'key',
    );
  }
  if (document.onError === 'continue') {
    reporter.error([...path, 'onError'], 'would admit callers whom the authorizer has not allowed: remove it');
  }
  if (document.onConditionError === 'skip') {
    const message = 'would admit callers whose request makes the condition fail: an authorizer always has `fail`';
    reporter.error([...path, 'onConditionError'], message);
  }
  for (const field of WITHOUT_EFFECT) {
    const value = document.configuration?.[field];
    if (value === undefined || value === null || value === false || value === '' || value === 'raw') continue;
    const remedy =
      field === 'cache'
        ? '`authorizer.resultTtlInSeconds` says how long its answers are kept'
        : 'it only allows or denies requests: use a later step';
    scope.error([field], `cannot be combined with \`authorizer\`: ${remedy}`, 'key');
  }
  const type = document.configuration?.invocationType;
  if (type !== undefined && type !== null && type !== 'RequestResponse') {
    scope.error(['invocationType'], `${type} has no result: an authorizer needs RequestResponse`);
  }
}

/** Compiles `authorizer` of a step. `path` is the place of the field, `condition` the step's condition. */
export function compileAuthorizer(
  document: AuthorizerDocument,
  { path, condition }: { readonly path: DocumentPath; readonly condition: CompiledTemplate | undefined },
  format: FormatOptions,
  reporter: Reporter,
): AuthorizerStep {
  const { type, payloadFormatVersion: version } = document;
  const isSimple = document.enableSimpleResponses ?? false;
  if (isSimple && version !== '2.0') {
    reporter.error([...path, 'enableSimpleResponses'], 'requires `payloadFormatVersion: "2.0"`', 'key');
  }
  if (type === 'TOKEN' && version === '2.0') {
    reporter.error([...path, 'payloadFormatVersion'], 'TOKEN is of format 1.0: write `type: REQUEST`');
  }
  const sources = compileSources(document, path, format, reporter);
  checkTtl(document, path, sources, reporter);
  const authorizer = new Authorizer({
    type,
    service: serviceOf(document),
    isSimple,
    sources,
    pattern: compilePattern(document, path, reporter),
    format,
  });
  return {
    authorizer,
    metadata: document.metadata ?? false,
    isByPath: condition !== undefined && readsPath(condition),
  };
}

/** Results and variables of earlier steps may depend on the path too. */
function readsPath({ needs }: CompiledTemplate): boolean {
  return needs.requestPath || needs.attributes || needs.lambdaResponse || needs.response;
}

/** Seconds for which an answer is kept; 0: the function is called for each request. */
function ttlOf(document: AuthorizerDocument): number {
  const given = document.resultTtlInSeconds ?? document.authorizerResultTtlInSeconds;
  if (given !== undefined && given !== null) return given;
  const isIdentified = document.type === 'TOKEN' || sourceTexts(document).length > 0;
  return serviceOf(document) === 'rest' && isIdentified ? REST_TTL_SECONDS : 0;
}

function checkTtl(
  document: AuthorizerDocument,
  path: DocumentPath,
  sources: readonly IdentitySource[],
  reporter: Reporter,
): void {
  const { resultTtlInSeconds: ttl, authorizerResultTtlInSeconds: other } = document;
  const name = ttl === null || ttl === undefined ? 'authorizerResultTtlInSeconds' : 'resultTtlInSeconds';
  if (name === 'resultTtlInSeconds' && other !== null && other !== undefined) {
    reporter.error(
      [...path, 'authorizerResultTtlInSeconds'],
      'is another name of resultTtlInSeconds: keep only one of them',
      'key',
    );
  }
  if (ttlOf(document) === 0) return;
  if (document.type === 'REQUEST' && sourceTexts(document).length === 0) {
    const message =
      'requires identitySource: without it the answer to the first caller would be kept for all others. Name the parts of the request that identify the caller, or write 0';
    reporter.error([...path, name], message);
  } else if (sources.length > 0 && !sources.some(tellsCallersApart)) {
    const message =
      'does not distinguish callers, so the answer to the first one would be kept for all others: add a header or a parameter that identifies the caller, or write `resultTtlInSeconds: 0`';
    reporter.warn([...path, 'identitySource'], message);
  }
}

function tellsCallersApart({ kind, name }: IdentitySource): boolean {
  return kind === 'header' || kind === 'querystring' || (kind === 'context' && name.startsWith('identity.'));
}

/** The headers among the identity sources: one that Envoy keeps back is a 401 for everybody. */
export function identityHeaders(step: AuthorizerStep | undefined): readonly string[] {
  const sources = step?.authorizer.sources ?? [];
  return sources.filter(({ kind }) => kind === 'header').map(({ name }) => name);
}

function serviceOf({ type, payloadFormatVersion }: AuthorizerDocument): AuthorizerService {
  if (type === 'TOKEN') return 'rest';
  if (payloadFormatVersion === '2.0') return 'http-v2';
  return payloadFormatVersion === '1.0' ? 'http-v1' : 'rest';
}

function sourceTexts({ identitySource }: AuthorizerDocument): readonly string[] {
  if (Array.isArray(identitySource)) return identitySource;
  return (identitySource ?? '').split(',').filter((text) => text.trim() !== '');
}

function compileSources(
  document: AuthorizerDocument,
  path: DocumentPath,
  { stageVariables }: FormatOptions,
  reporter: Reporter,
): readonly IdentitySource[] {
  const { type } = document;
  const at = [...path, 'identitySource'];
  const isList = Array.isArray(document.identitySource);
  const texts = sourceTexts(document);
  const sources: IdentitySource[] = [];
  for (const [index, text] of texts.entries()) {
    const place = isList ? [...at, index] : at;
    const source = parseIdentitySource(text.trim());
    if (typeof source === 'string') reporter.error(place, source);
    else if (source.kind === 'stageVariables' && !stageVariables.some(([name]) => name === source.name)) {
      const message = `${source.name} is not in \`format.stageVariables\`, and every request would be answered with a 401`;
      reporter.error(place, message);
    } else sources.push(source);
  }
  if (type === 'TOKEN' && texts.length === 0) return [{ kind: 'header', name: 'authorization' }];
  if (type === 'TOKEN' && (texts.length > 1 || sources[0]?.kind !== 'header')) {
    reporter.error(
      at,
      'TOKEN has exactly one source, a header: expected a source such as method.request.header.Authorization',
    );
  }
  return sources;
}

function compilePattern(
  { type, identityValidationExpression }: AuthorizerDocument,
  path: DocumentPath,
  reporter: Reporter,
) {
  if (identityValidationExpression === undefined || identityValidationExpression === null) return undefined;
  const at = [...path, 'identityValidationExpression'];
  if (type !== 'TOKEN') reporter.error(at, 'has no effect with REQUEST: write `type: TOKEN`', 'key');
  const pattern = wholePattern(identityValidationExpression);
  if (typeof pattern !== 'string') return pattern;
  reporter.error(at, `is not a regular expression: ${pattern}`);
  return undefined;
}
