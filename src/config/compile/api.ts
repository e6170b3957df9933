import { STREAMING_MINOR } from '../../envoy-names.ts';
import {
  type ApiPolicies,
  type EnvoySettings,
  INLINE_CACHE_OWNER,
  type MetadataReads,
  type PhaseNeeds,
  type PolicyStep,
  type ResponseTemplates,
} from '../../policy/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { ApiDocument } from '../schema/index.ts';
import type { StreamedBy } from './after-stream.ts';
import { checkAuthorized } from './authorized.ts';
import { type CachePlace, configurationHash } from './cache.ts';
import { CallerVariables } from './caller-influence.ts';
import { dataMap } from './data.ts';
import { compileEnvoy } from './envoy.ts';
import { FixedValues, type TimeSpent } from './fixed-values.ts';
import { warnOfTemplates } from './foreign-syntax.ts';
import type { InSteps } from './in-steps.ts';
import { joinReads, metadataReads, templatesIn } from './metadata-reads.ts';
import type { Numbers, Reporter } from './reporter.ts';
import { compileResponseTemplates } from './response-templates.ts';
import { refuseSelection } from './selection.ts';
import { compileStep } from './step.ts';
import { placeSteps } from './step-order.ts';
import type { StepSurroundings } from './step-rights.ts';
import type { TemplateCompiler } from './template-compiler.ts';

/** What the document gives to all of its APIs. */
export interface Surroundings extends StepSurroundings {
  readonly dictionaries: ReadonlyMap<string, unknown>;
  readonly responseTemplates: ResponseTemplates;
  readonly envoy: EnvoySettings;
  /** Envoy's version from `check --envoy-version`, which overrides the document's. */
  readonly envoyVersion?: string | undefined;
  /** How numbers in the bodies of `defaults` are written. */
  readonly numbers: Numbers;
  /** CPU time spent on evaluating expressions that do not depend on a request. */
  readonly timeSpent: TimeSpent;
}

/**
 * Compiles one API; each step of the generator is one step of the policies. Errors are reported; do not use the result if there was
 * one.
 */
export function* compileApi(
  name: string,
  document: ApiDocument,
  path: DocumentPath,
  surroundings: Surroundings,
  shared: TemplateCompiler,
): InSteps<ApiPolicies> {
  const data = dataOf(document, surroundings);
  checkDictionaries(document, path, surroundings, shared.reporter);
  for (const field of ['authorities', 'select', 'routes', 'properties', 'dictionaries', 'endpoints'] as const) {
    warnOfTemplates(document[field], [...path, field], shared.reporter);
  }
  // Inline policies are compiled while a request waits: their expressions are not evaluated here, but by that request.
  const { author } = surroundings.rights;
  if (author === 'route') refuseSelection(document, path, shared.reporter);
  const compiler =
    author === 'route' ? shared : shared.withFixed(new FixedValues(withoutOthers(data), surroundings.timeSpent));
  const told = compileEnvoy(document.envoy, surroundings.envoy, [...path, 'envoy'], compiler.reporter);
  const { envoyVersion } = surroundings;
  const envoy = envoyVersion === undefined ? told : { ...told, version: envoyVersion };
  const cache = cachePlace(name, document, surroundings);
  const phases = yield* compilePhases(document, path, { ...surroundings, envoy }, compiler, cache);
  const own = compileResponseTemplates(document.responseTemplates, [...path, 'responseTemplates'], compiler);
  const responseTemplates = laidOver(surroundings.responseTemplates, own);
  const metadata = joinReads([phases.needs.metadata, metadataReads(templatesIn(responseTemplates))]);
  return {
    name,
    ...data,
    contextPath: closedPath(document.contextPath),
    envoy,
    ...phases,
    needs: { ...phases.needs, metadata },
    privateVariables: privateNames([...phases.request, ...phases.response]),
    responseTemplates,
  };
}

/** The values that expressions can read and that are the same for every request. */
function dataOf(
  document: ApiDocument,
  { dictionaries }: Surroundings,
): Pick<ApiPolicies, 'properties' | 'api' | 'variables'> {
  const properties = dataMap(document.properties);
  return {
    properties,
    api: { id: document.id ?? null, name: document.name ?? null, version: document.version ?? null },
    variables: new Map<string, unknown>([
      ['properties', properties],
      ['dictionaries', laidOver(dictionaries, dataMap(document.dictionaries))],
      ['endpoints', dataMap(document.endpoints)],
    ]),
  };
}

/** Imported definitions read dictionaries that their export does not contain: if the document has none, their content is unknown. */
function withoutOthers<T extends Pick<ApiPolicies, 'variables'>>(data: T): T {
  const dictionaries = data.variables.get('dictionaries');
  if (!(dictionaries instanceof Map) || dictionaries.size > 0) return data;
  return { ...data, variables: new Map([...data.variables].filter(([name]) => name !== 'dictionaries')) };
}

function privateNames(steps: readonly PolicyStep[]): ReadonlySet<string> {
  const variables = steps.flatMap(({ configuration }) => configuration.variables);
  return new Set(variables.filter((variable) => variable.private).map(({ name }) => name));
}

/** Expressions of `defaults` read the document's dictionaries; the author of an inline policy must not choose what they find. */
function checkDictionaries(
  document: ApiDocument,
  path: DocumentPath,
  { rights, dictionaries }: Surroundings,
  reporter: Reporter,
): void {
  if (rights.author === 'document') return;
  for (const name of Object.keys(document.dictionaries ?? {})) {
    if (!dictionaries.has(name)) continue;
    reporter.error(
      [...path, 'dictionaries', name],
      'is a dictionary of the document: inline policies may not replace it',
    );
  }
}

/** All inline policies share one part of the cache, because a route can have any number of different inline policies. */
function cachePlace(name: string, document: ApiDocument, { rights, defaults, dictionaries }: Surroundings): CachePlace {
  let hash: string | undefined;
  return {
    owner: rights.author === 'route' ? INLINE_CACHE_OWNER : name,
    configuration() {
      hash ??= configurationHash(rights.author, name, document, defaults, dictionaries);
      return hash;
    },
  };
}

type Phases = Pick<ApiPolicies, 'request' | 'response' | 'needs'>;

function* compilePhases(
  document: ApiDocument,
  path: DocumentPath,
  surroundings: Surroundings,
  compiler: TemplateCompiler,
  cache: CachePlace,
): InSteps<Phases> {
  const names = new Map<string, number>();
  let position = 0;
  let hasResponse = false;
  let answeredBy: string | undefined;
  let guardedBy: string | undefined;
  let authorizedBy: string | undefined;
  let streamedBy: StreamedBy | undefined;
  let afterStream = false;
  let certificates = false;
  let events = false;
  let metadata: MetadataReads | undefined;
  const headers = new Set<string>();
  const callers = new CallerVariables();
  function* phase(which: 'request' | 'response'): InSteps<readonly PolicyStep[]> {
    const defaultScope = surroundings.defaults?.scope ?? 'REQUEST';
    const steps: PolicyStep[] = [];
    for (const { document: step, place } of placeSteps(document, which, path, defaultScope, compiler.reporter)) {
      yield;
      position++;
      const flow = { cache, answeredBy, guardedBy, streamedBy, afterStream };
      const compiled = compileStep(step, surroundings, { ...place, ...flow }, compiler, callers);
      if (compiled === undefined) continue;
      const name = step.name || `${compiled.baseName}-${position}`;
      const earlier = names.get(name);
      if (earlier !== undefined) {
        const message = `is also the name of step ${earlier} of this API: names must be unique`;
        compiler.reporter.error([...place.path, 'name'], message);
      }
      names.set(name, position);
      hasResponse ||= which === 'response';
      if (!hasResponse && compiled.readsResponse) {
        const fails = compiled.failsWithoutResponse;
        const message =
          'reads the response, which is null here: there is no response before the backend has been called';
        const at = [...place.path, 'configuration'];
        if (fails) compiler.reporter.error(at, `${message}, and every request fails`, 'key');
        else compiler.reporter.warn(at, message, 'key');
      }
      if (position === 1 && compiled.failsWithoutAnswer) {
        const message =
          'reads #lambdaResponse before a function has been called, so it is null and every request fails: only variables, sendToConsumer, mutations and answer are evaluated after the call';
        compiler.reporter.error([...place.path, 'configuration'], message, 'key');
      }
      hasResponse ||= compiled.step.configuration.sendToConsumer !== false;
      certificates ||= compiled.readsCertificates;
      events ||= compiled.makesEvent;
      metadata = joinReads([metadata, compiled.metadataReads]);
      for (const header of compiled.headersRead) headers.add(header);
      const finished = { name, ...compiled.step };
      if (which === 'request') {
        checkAuthorized(finished, { authorizedBy, earlier: steps }, place.path, compiler.reporter);
        if (finished.authorizer !== undefined) authorizedBy ??= name;
      }
      const streams = finished.configuration.streaming !== undefined;
      if (streams) {
        streamedBy = { name: streamedBy?.name ?? name, always: streamedBy?.always === true || answersAlways(finished) };
        checkVersion(surroundings.envoy, [...place.path, 'configuration', 'streaming'], compiler.reporter);
      }
      afterStream = streams || (afterStream && finished.condition !== undefined);
      if (which === 'request' && answersAlways(finished)) answeredBy ??= name;
      if (which === 'request' && typeof finished.configuration.sendToConsumer !== 'boolean') guardedBy ??= name;
      steps.push(finished);
    }
    return steps;
  }
  const request = yield* phase('request');
  // Response steps run on the answer.
  answeredBy = undefined;
  guardedBy = undefined;
  const response = yield* phase('response');
  return { request, response, needs: { ...sumNeeds(request, response), certificates, metadata, headers, events } };
}

function sumNeeds(
  request: readonly PolicyStep[],
  response: readonly PolicyStep[],
): Omit<PhaseNeeds, 'certificates' | 'metadata' | 'headers' | 'events'> {
  const needs = [...request, ...response].map((step) => step.needs);
  return {
    requestBody: needs.some(({ requestBody }) => requestBody),
    requestText: needs.some(({ requestText }) => requestText),
    requestBytes: needs.some(({ requestBytes }) => requestBytes),
    response: response.length > 0,
    responseBody: needs.some(({ responseBody }) => responseBody),
    answersAlways: request.some(answersAlways),
  };
}

/** Warns where the document names a version of Envoy that cannot stream. */
function checkVersion({ version }: EnvoySettings, path: DocumentPath, reporter: Reporter): void {
  if (version === undefined || Number(version.split('.')[1]) >= STREAMING_MINOR) return;
  const message = `Envoy ${version} cannot stream an answer, only 1.${STREAMING_MINOR} and later can: it is collected up to limits.bodyBytes and sent as a whole`;
  reporter.warn(path, message, 'key');
}

/** With `onError: continue` a failure lets the request go on to the backend. */
function answersAlways({ condition, onError, configuration }: PolicyStep): boolean {
  return (
    (condition === undefined || condition.constant === 'true') &&
    onError === 'fail' &&
    configuration.sendToConsumer === true
  );
}

/** With a slash at its end, as in the gateway. */
function closedPath(path: string | null | undefined): string | null {
  if (path === null || path === undefined) return null;
  return path.endsWith('/') ? path : `${path}/`;
}

/** Returns the shared map itself if the API adds nothing, so that many APIs do not each have a copy of it. */
function laidOver<T>(shared: ReadonlyMap<string, T>, own: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return own.size === 0 ? shared : new Map([...shared, ...own]);
}
