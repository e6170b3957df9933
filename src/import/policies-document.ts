import { isErrorKey } from '../config/index.ts';
import { type Json, writeCommented } from './commented-yaml.ts';
import type { ApiDefinition, ResponseTemplate, Step } from './definition.ts';
import type { Imported } from './flows-to-apis.ts';
import type { ImportedStep } from './imported-steps.ts';
import { oneLine, slug, uniqueName } from './names.ts';
import type { Report } from './report.ts';

/** policies.yaml of an imported API. `messageTimeoutMs` as in the Envoy configuration beside it. */
export function policiesDocument(
  definition: ApiDefinition,
  { apis }: Imported,
  messageTimeoutMs: number,
  report: Report,
): string {
  const common = {
    ...(definition.id !== undefined && { id: definition.id }),
    name: definition.name,
    ...(definition.apiVersion !== undefined && { version: definition.apiVersion }),
    ...(definition.properties.size > 0 && { properties: Object.fromEntries(definition.properties) }),
    ...endpointsOf(definition),
  };
  // Only the oldest engine uses scopes.
  const [first, second] = definition.mode === 'v3' ? (['pre', 'post'] as const) : (['request', 'response'] as const);
  const ofResponse = definition.mode === 'v3' ? bodyOnly : configurationOf;
  const templates = responseTemplates(definition, report);
  const content = {
    version: 1,
    '#': 'What Envoy does not expose, as in the Envoy configuration beside this file.',
    envoy: { allowModeOverride: true, messageTimeoutMs },
    ...(definition.dictionaries.size > 0 && {
      dictionaries: Object.fromEntries(
        [...definition.dictionaries].map(([name, entries]) => [name, Object.fromEntries(entries)]),
      ),
    }),
    ...(Object.keys(templates).length > 0 && { responseTemplates: templates }),
    apis: Object.fromEntries(
      apis.map((api) => {
        const names = new Set<string>();
        return [
          api.name,
          {
            ...common,
            ...(api.contextPath !== undefined && { contextPath: api.contextPath }),
            ...(api.request.length > 0 && {
              [first]: api.request.map((step) => stepObject(step, names, configurationOf)),
            }),
            ...(api.response.length > 0 && {
              [second]: api.response.map((step) => stepObject(step, names, ofResponse)),
            }),
          },
        ];
      }),
    ),
  };
  return writeCommented(content, [
    `Imported from the ${definition.version} definition of ${oneLine(definition.name)}.`,
    `Execution mode ${definition.mode}, flows by ${definition.flowMode}.`,
  ]);
}

/** `{#endpoints['name']}` is `name:` in the gateway, for its own routing. */
function endpointsOf(definition: ApiDefinition): { readonly endpoints?: Readonly<Record<string, string>> } {
  const names = definition.groups.flatMap((group) => [group.name, ...group.endpoints.map(({ name }) => name)]);
  const mentions = JSON.stringify([definition.flows, definition.plans]).includes('#endpoints');
  const usable = names.filter((name) => name !== '__proto__');
  return mentions ? { endpoints: Object.fromEntries(usable.map((name) => [name, `${name}:`])) } : {};
}

function stepObject(
  { step, condition, flow }: ImportedStep,
  names: Set<string>,
  configure: (step: Step) => Json,
): object {
  const name = uniqueName(slug(titleOf(step), 'lambda'), (candidate) => names.has(candidate));
  names.add(name);
  return {
    '#': oneLine(flow),
    name,
    ...(step.description !== undefined && { description: step.description }),
    ...(condition !== undefined && { condition }),
    configuration: configure(step),
  };
}

/** Forms call every step after its policy: then the function says more. */
function titleOf({ name, configuration }: Step): string {
  const { function: target } = configuration;
  const isPlain = typeof target === 'string' && /^[\w-]+$/.test(target);
  return isPlain && /^aws[ -]?lambda$/i.test(name) ? target : name;
}

function configurationOf({ configuration }: Step): Json {
  return configuration;
}

/** In the response phase of the oldest engine the function's answer replaces the body and leaves the backend's status. */
function bodyOnly({ configuration }: Step): Json {
  const { sendToConsumer, ...rest } = configuration;
  return sendToConsumer === true ? { ...rest, mutations: { body: '{#lambdaResponse.content}' } } : configuration;
}

function responseTemplates(definition: ApiDefinition, report: Report): Record<string, object> {
  const carried: Record<string, object> = {};
  for (const [key, byType] of definition.responseTemplates) {
    if (key !== 'DEFAULT' && !isErrorKey(key)) {
      report.add('told', `response template ${key}: no error here has this key`, `responseTemplates.${key}`);
      continue;
    }
    carried[key] = Object.fromEntries(
      [...byType].map(([mediaType, template]) => [mediaType, templateObject(template)]),
    );
  }
  return carried;
}

function templateObject({ status, headers, body, propagateErrorKeyToLogs }: ResponseTemplate): object {
  return {
    status,
    ...(headers.size > 0 && { headers: Object.fromEntries(headers) }),
    ...(body !== undefined && { body }),
    ...(propagateErrorKeyToLogs && { propagateErrorKeyToLogs }),
  };
}
