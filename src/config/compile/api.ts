import type { ApiPolicies, PhaseNeeds, PolicyStep, ResponseTemplates } from '../../policy/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { ApiDocument, PolicyDocument } from '../schema/index.ts';
import { toData } from './data.ts';
import { compileResponseTemplates } from './response-templates.ts';
import { compileStep } from './step.ts';
import { placeSteps } from './step-order.ts';
import type { TemplateCompiler } from './template-compiler.ts';

/** What the document gives to all of its APIs. */
export interface Surroundings {
  readonly defaults: PolicyDocument['defaults'];
  readonly dictionaries: PolicyDocument['dictionaries'];
  readonly responseTemplates: ResponseTemplates;
}

/** Errors are reported; what is returned beside an error is not to be used. */
export function compileApi(
  name: string,
  document: ApiDocument,
  path: DocumentPath,
  surroundings: Surroundings,
  compiler: TemplateCompiler,
): ApiPolicies {
  const properties = dataMap(document.properties);
  const phases = compilePhases(document, path, surroundings, compiler);
  const own = compileResponseTemplates(document.responseTemplates, [...path, 'responseTemplates'], compiler);
  return {
    name,
    properties,
    api: { id: document.id ?? null, name: document.name ?? null, version: document.version ?? null },
    variables: new Map<string, unknown>([
      ['properties', properties],
      ['dictionaries', new Map([...dataMap(surroundings.dictionaries), ...dataMap(document.dictionaries)])],
      ['endpoints', dataMap(document.endpoints)],
    ]),
    contextPath: closedPath(document.contextPath),
    ...phases,
    responseTemplates: new Map([...surroundings.responseTemplates, ...own]),
  };
}

type Phases = Pick<ApiPolicies, 'request' | 'response' | 'needs'>;

function compilePhases(
  document: ApiDocument,
  path: DocumentPath,
  surroundings: Surroundings,
  compiler: TemplateCompiler,
): Phases {
  const names = new Map<string, number>();
  let position = 0;
  let hasResponse = false;
  let certificates = false;
  const headers = new Set<string>();
  const phase = (which: 'request' | 'response'): readonly PolicyStep[] => {
    const defaultScope = surroundings.defaults?.scope ?? 'REQUEST';
    return placeSteps(document, which, path, defaultScope, compiler.reporter).flatMap(({ document, place }) => {
      position++;
      const compiled = compileStep(document, surroundings.defaults, place, compiler);
      if (compiled === undefined) return [];
      const name = document.name || `${compiled.baseName}-${position}`;
      const earlier = names.get(name);
      if (earlier !== undefined) {
        const message = `is the name of step ${earlier} of this API too: names must be unique`;
        compiler.reporter.error([...place.path, 'name'], message);
      }
      names.set(name, position);
      hasResponse ||= which === 'response' || compiled.step.configuration.sendToConsumer !== false;
      if (!hasResponse && compiled.readsResponse) {
        const message = 'reads the response, which is null here: there is none before the backend was called';
        compiler.reporter.warn([...place.path, 'configuration'], message, 'key');
      }
      certificates ||= compiled.readsCertificates;
      for (const header of compiled.headersRead) headers.add(header);
      return [{ name, ...compiled.step }];
    });
  };
  const request = phase('request');
  const response = phase('response');
  return { request, response, needs: { ...sumNeeds(request, response), certificates, headers } };
}

function sumNeeds(
  request: readonly PolicyStep[],
  response: readonly PolicyStep[],
): Omit<PhaseNeeds, 'certificates' | 'headers'> {
  const needs = [...request, ...response].map((step) => step.needs);
  return {
    requestBody: needs.some(({ requestBody }) => requestBody),
    response: response.length > 0,
    responseBody: needs.some(({ responseBody }) => responseBody),
  };
}

/** As the gateway has it: with a slash at its end. */
function closedPath(path: string | null | undefined): string | null {
  if (path === null || path === undefined) return null;
  return path.endsWith('/') ? path : `${path}/`;
}

function dataMap(data: Readonly<Record<string, unknown>> | null | undefined): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(data ?? {}).map(([key, value]) => [key, toData(value)]));
}
