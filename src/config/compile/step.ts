import type { CompiledTemplate } from '../../expression/index.ts';
import { RawRequest } from '../../formats/index.ts';
import { invocationDefaults } from '../../lambda/index.ts';
import {
  type ErrorStatus,
  honestStatus,
  type LambdaConfiguration,
  type MetadataReads,
  type PolicyStep,
  policyDefaults,
  type StepNeeds,
} from '../../policy/index.ts';
import { deepMerge, type WholeFields } from '../merge.ts';
import type { ConfigurationDocument, StepDocument } from '../schema/index.ts';
import { checkAfterStream, type LaterPlace } from './after-stream.ts';
import { authorizerConfiguration, checkAuthorizerStep, compileAuthorizer, identityHeaders } from './authorizer.ts';
import { compileBody } from './body.ts';
import { type CachePlace, compileCache } from './cache.ts';
import { CallerVariables, warnOfCallers } from './caller-influence.ts';
import { checkGuard, compileCondition } from './condition.ts';
import { ConfigurationScope } from './configuration-scope.ts';
import { compileCredentials, secretsOf } from './credentials.ts';
import { checkOneQualifier, compileDestination } from './destination.ts';
import { checkEffects } from './effects.ts';
import { type CompiledFormats, compileFormats } from './format.ts';
import { headersRead } from './header-reads.ts';
import { hasOwnKeys, inlineBase } from './inline-rules.ts';
import { metadataReads } from './metadata-reads.ts';
import { compileAnswer, compileMutations } from './mutations.ts';
import { checkPathParameters } from './path-parameters.ts';
import { compileFrame, type StepSurroundings } from './step-rights.ts';
import { compileStreaming, withStreamingFields } from './streaming.ts';
import type { TemplateCompiler } from './template-compiler.ts';
import { compileTexts } from './texts.ts';
import { compileTransport } from './transport.ts';

export interface StepPlace extends LaterPlace {
  readonly body: PolicyStep['body'];
  /** Undefined: no result of the step is ever kept. */
  readonly cache?: CachePlace | undefined;
  /** See StepEffects. */
  readonly answeredBy?: string | undefined;
  /** An earlier request step whose function decides whether it answers. */
  readonly guardedBy?: string | undefined;
}

export interface CompiledStep {
  readonly step: Omit<PolicyStep, 'name'>;
  /** The step's name unless the document sets one: the function's plain name, or `lambda`. */
  readonly baseName: string;
  /** A template reads anything of the response. */
  readonly readsResponse: boolean;
  /** Each run of the step fails if there is no response. */
  readonly failsWithoutResponse: boolean;
  /** Each run of the step fails if no function was called before it. */
  readonly failsWithoutAnswer: boolean;
  /** A template reads `#request.ssl`. */
  readonly readsCertificates: boolean;
  /** See PhaseNeeds. */
  readonly metadataReads: MetadataReads | undefined;
  /** See PhaseNeeds. */
  readonly headersRead: readonly string[];
  /** See PhaseNeeds. */
  readonly makesEvent: boolean;
}

/** An authorizer's event never contains a body, even if other parts of the step read one. */
const WITHOUT_BODY = { phase: 'request', body: 'as-needed' } as const;

/** A step's body replaces that of `defaults` as a whole: the two are not merged field by field. */
const BODIES: WholeFields = {
  payload: true,
  mutations: { body: true },
  answer: { body: true },
  cache: { key: true },
};

/** Undefined after at least one reported error. */
export function compileStep(
  document: StepDocument,
  { defaults, rights }: StepSurroundings,
  place: StepPlace,
  compiler: TemplateCompiler,
  callers = new CallerVariables(),
): CompiledStep | undefined {
  const own = document.configuration ?? {};
  const path = [...place.path, 'configuration'];
  const base =
    rights.author === 'document'
      ? (defaults ?? {})
      : inlineBase(own, defaults ?? {}, (at, message, part) => {
          compiler.reporter.error([...path, ...at], message, part);
        });
  const laid = deepMerge(withStreamingFields(base), withStreamingFields(own), BODIES);
  const scope = new ConfigurationScope(compiler, { own, defaults: base }, path, rights.author);
  const guard = document.authorizer;
  const merged = guard === undefined ? laid : authorizerConfiguration(guard, laid);
  if (guard !== undefined) checkAuthorizerStep(document, place, scope, compiler.reporter);
  const formats =
    guard === undefined ? compileFormats(merged, place, scope) : compileFormats(merged, WITHOUT_BODY, scope);
  const condition = compileCondition(document, place, compiler);
  const authorizer =
    guard &&
    compileAuthorizer(guard, { path: [...place.path, 'authorizer'], condition }, formats.options, compiler.reporter);
  const payload = guard === undefined ? formats.request : new RawRequest(undefined);
  const response = authorizer?.authorizer.response ?? formats.response;
  const unframed = compileConfiguration(
    merged,
    { ...formats, request: payload, response },
    { ...place, below: base },
    scope,
  );
  const configuration = unframed && {
    ...unframed,
    secrets: secretsOf(unframed.credentials),
    frame: compileFrame(unframed, rights, hasOwnKeys(own), scope),
  };
  if (configuration === undefined) return undefined;
  warnOfCallers(configuration, rights, callers, scope);
  callers.add(configuration.variables);
  if (configuration.sendToConsumer !== false) checkGuard(document, condition, place, compiler.reporter);
  if (configuration.sendToConsumer === true) checkReplaced(condition, place, scope);
  const templates = condition === undefined ? scope.templates : [...scope.templates, condition];
  const beforeCall = condition === undefined ? scope.beforeCall : [...scope.beforeCall, condition];
  const needs = bodyNeeds(place, configuration.requestFormat, templates);
  const later = { configuration, condition, templates, beforeCall, readsResponseBody: needs.responseBody };
  checkAfterStream(later, place, scope);
  checkPathParameters(scope.templates, configuration.resource, scope);
  return {
    step: {
      condition,
      onConditionError: guard === undefined ? (document.onConditionError ?? policyDefaults.onConditionError) : 'fail',
      onError: document.onError ?? policyDefaults.onError,
      body: place.body,
      needs,
      authorizer,
      configuration,
    },
    baseName: plainName(configuration.function.constant),
    readsResponse: templates.some((template) => template.needs.response),
    failsWithoutResponse: templates.some((template) => template.failsWithout('response')),
    failsWithoutAnswer: beforeCall.some((template) => template.failsWithout('lambdaResponse')),
    readsCertificates: templates.some((template) => template.needs.requestSsl),
    metadataReads: metadataReads(templates),
    headersRead: [...headersRead(templates), ...identityHeaders(authorizer)],
    makesEvent: formats.request !== undefined && guard?.type !== 'TOKEN',
  };
}

/** The bodies that a step reads, according to its templates and its format, or to its scope under v2. */
function bodyNeeds(
  { body, phase }: StepPlace,
  format: LambdaConfiguration['requestFormat'],
  templates: readonly CompiledTemplate[],
): StepNeeds {
  if (body === 'absent') return { requestBody: false, requestText: false, requestBytes: false, responseBody: false };
  const buffered = body === 'buffered';
  const readers = [format.needs, ...templates.map((template) => template.needs)];
  const requestText = (buffered && phase === 'request') || readers.some(({ requestBody }) => requestBody);
  const requestBytes = format.readsBytes;
  return {
    requestBody: requestText || requestBytes,
    requestText,
    requestBytes,
    responseBody: phase === 'response' && (buffered || readers.some(({ responseBody }) => responseBody)),
  };
}

function compileConfiguration(
  document: ConfigurationDocument,
  formats: CompiledFormats,
  { path, phase, answeredBy, cache, below }: StepPlace & { readonly below: ConfigurationDocument },
  scope: ConfigurationScope,
): Omit<LambdaConfiguration, 'frame' | 'secrets'> | undefined {
  const destination = compileDestination(document, scope);
  const sendToConsumer = compileSendToConsumer(document, scope);
  const payload =
    formats.request === undefined ? compileBody(document.payload || undefined, ['payload'], scope) : undefined;
  const configuration = {
    requestFormat: formats.request ?? new RawRequest(payload),
    responseFormat: formats.response,
    resource: formats.resource,
    invocationType: document.invocationType ?? invocationDefaults.invocationType,
    logType: document.logType ?? invocationDefaults.logType,
    texts: compileTexts(document, scope),
    credentials: compileCredentials(document, destination?.region, scope),
    transport: compileTransport(document, scope),
    retry: Object.freeze({
      maxAttempts: document.retry?.maxAttempts ?? invocationDefaults.maxAttempts,
      idempotent: document.retry?.idempotent ?? invocationDefaults.idempotent,
    }),
    variables: (document.variables ?? []).map(({ name, value, private: isPrivate }, index) => ({
      name,
      private: isPrivate ?? false,
      value: scope.template(['variables', index, 'value'], value),
    })),
    sendToConsumer: sendToConsumer ?? false,
    mutations: compileMutations(document, scope),
    answer: compileAnswer(document, scope),
    errorStatus: compileErrorStatus(document.errorStatus),
    cache: compileCache(document, formats.request === undefined ? { payload } : undefined, path, cache, scope),
  } as const;
  const streaming =
    sendToConsumer === undefined ? undefined : compileStreaming(document, configuration, { phase, below }, scope);
  checkResultIsThere(document, scope);
  if (sendToConsumer !== undefined) checkEffects(configuration, { phase, answeredBy }, scope);
  if (destination !== undefined) checkOneQualifier(destination.function, configuration.texts.qualifier, scope);
  return destination === undefined ? undefined : { ...configuration, ...destination, streaming };
}

function compileErrorStatus(status: ConfigurationDocument['errorStatus']): ErrorStatus {
  if (status === 'honest') return honestStatus;
  const { throttled, timeout, tooLarge } = status ?? {};
  return { throttled: throttled ?? undefined, timeout: timeout ?? undefined, tooLarge: tooLarge ?? undefined };
}

/** Undefined after a reported error. */
function compileSendToConsumer(
  document: ConfigurationDocument,
  scope: ConfigurationScope,
): boolean | CompiledTemplate | undefined {
  const value = document.sendToConsumer ?? policyDefaults.sendToConsumer;
  if (typeof value === 'boolean') return value;
  const template = scope.template(['sendToConsumer'], value);
  if (template === undefined) return undefined;
  if (template.constant === undefined) {
    if (scope.fixedCondition(template) === 'invalid') {
      scope.error(['sendToConsumer'], 'the expression is neither true nor false, so every request fails');
    }
    return template;
  }
  if (template.constant === 'true' || template.constant === 'false') return template.constant === 'true';
  scope.error(['sendToConsumer'], 'expected true, false or an expression in {#…}');
  return undefined;
}

/** Event and DryRun have an empty result. */
function checkResultIsThere(document: ConfigurationDocument, scope: ConfigurationScope): void {
  const { invocationType } = document;
  if (invocationType !== 'Event' && invocationType !== 'DryRun') return;
  if (document.logType === 'Tail') scope.warn(['logType'], `${invocationType} has no log: Tail has no effect`);
  if (scope.templates.some((template) => template.needs.lambdaResponse)) {
    scope.warn(
      ['invocationType'],
      `${invocationType} has an empty result: expressions that read lambdaResponse.content may fail`,
    );
  }
}

/** A later answer always replaces an earlier one, even a guard's refusal. */
function checkReplaced(
  condition: CompiledTemplate | undefined,
  { guardedBy }: StepPlace,
  scope: ConfigurationScope,
): void {
  if (guardedBy === undefined || condition?.needs.response === true) return;
  scope.warn(
    ['sendToConsumer'],
    `replaces the answer with which step ${guardedBy} refuses a caller: run this step only if no step has answered yet, with \`condition: "{#response == null}"\` and \`onConditionError: fail\``,
    'key',
  );
}

function plainName(functionText: string | undefined): string {
  if (functionText === undefined) return 'lambda';
  const parts = functionText.split(':');
  const index = parts.indexOf('function');
  return (index === -1 ? parts[0] : parts[index + 1]) || 'lambda';
}
