import { Document } from 'yaml';
import { isErrorKey } from '../config/index.ts';
import type { ApiDefinition, ResponseTemplate, Step } from './definition.ts';
import { type Imported, type ImportedStep, slug, uniqueName } from './flows-to-apis.ts';
import type { Notes } from './notes.ts';

/** policies.yaml of an imported API. `messageTimeoutMs` as in the Envoy configuration beside it. */
export function policiesDocument(
  definition: ApiDefinition,
  { apis }: Imported,
  messageTimeoutMs: number,
  notes: Notes,
): string {
  const common = {
    ...(definition.id !== undefined && { id: definition.id }),
    name: definition.name,
    ...(definition.apiVersion !== undefined && { version: definition.apiVersion }),
    ...(definition.properties.size > 0 && { properties: Object.fromEntries(definition.properties) }),
    ...endpointsOf(definition),
  };
  const [first, second] = definition.version === 'v2' ? (['pre', 'post'] as const) : (['request', 'response'] as const);
  const templates = responseTemplates(definition, notes);
  const content = {
    version: 1,
    messageTimeoutMs,
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
            ...(api.request.length > 0 && { [first]: api.request.map((step) => stepObject(step, names)) }),
            ...(api.response.length > 0 && { [second]: api.response.map((step) => stepObject(step, names)) }),
          },
        ];
      }),
    ),
  };
  const document = new Document(content, { aliasDuplicateObjects: false });
  document.commentBefore = ` Imported from the ${definition.version} definition of ${oneLine(definition.name)}.`;
  return document.toString({ lineWidth: 0 });
}

/** `{#endpoints['name']}` is `name:` in the gateway, for its own routing. */
function endpointsOf(definition: ApiDefinition): { readonly endpoints?: Readonly<Record<string, string>> } {
  const names = definition.groups.flatMap((group) => [group.name, ...group.endpoints.map(({ name }) => name)]);
  const mentions = JSON.stringify([definition.flows, definition.plans]).includes('#endpoints');
  return mentions ? { endpoints: Object.fromEntries(names.map((name) => [name, `${name}:`])) } : {};
}

function stepObject({ step, condition }: ImportedStep, names: Set<string>): object {
  const name = uniqueName(slug(titleOf(step), 'lambda'), (candidate) => names.has(candidate));
  names.add(name);
  return {
    name,
    ...(step.description !== undefined && { description: step.description }),
    ...(condition !== undefined && { condition }),
    configuration: configurationOf(step),
  };
}

/** Forms call every step after its policy: then the function says more. */
function titleOf({ name, configuration }: Step): string {
  const { function: target } = configuration;
  const isPlain = typeof target === 'string' && /^[\w-]+$/.test(target);
  return isPlain && /^aws[ -]?lambda$/i.test(name) ? target : name;
}

/** Null and blank fields mean nothing in an export, where forms leave them. */
function configurationOf({ configuration }: Step): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(configuration).filter(([key, value]) => value !== null && (value !== '' || key === 'payload')),
  );
}

function responseTemplates(definition: ApiDefinition, notes: Notes): Record<string, object> {
  const carried: Record<string, object> = {};
  for (const [key, byType] of definition.responseTemplates) {
    if (key !== 'DEFAULT' && !isErrorKey(key)) {
      notes.add(`response template ${key}: no error here has this key`);
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

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 100);
}
