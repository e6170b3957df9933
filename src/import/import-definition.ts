import { invocationDefaults } from '../lambda/index.ts';
import type { ApiDefinition, Step } from './definition.ts';
import { envoyDocument } from './envoy-document.ts';
import { flowsToApis, type Imported } from './flows-to-apis.ts';
import { Notes } from './notes.ts';
import { policiesDocument } from './policies-document.ts';
import { readDefinition } from './read-definition.ts';

export interface ImportResult {
  /** Text of policies.yaml. */
  readonly policies: string;
  /** Text of envoy.yaml. */
  readonly envoy: string;
  readonly apis: number;
  readonly steps: number;
  readonly routes: number;
  /** What could not be carried, one line each. */
  readonly notCarried: readonly string[];
}

/** Throws ImportError for what is no definition, SourceError for text that does not parse. */
export function importDefinition(text: string, fileName: string): ImportResult {
  const notes = new Notes();
  const definition = readDefinition(text, fileName, notes);
  const imported = flowsToApis(definition, notes);
  noteExpressions(definition, imported, notes);
  const messageTimeoutMs = messageTimeout(imported);
  return {
    policies: policiesDocument(definition, imported, messageTimeoutMs, notes),
    envoy: envoyDocument(definition, imported, messageTimeoutMs, notes),
    apis: imported.apis.length,
    steps: imported.apis.reduce((sum, api) => sum + api.request.length + api.response.length, 0),
    routes: imported.routes.length,
    notCarried: notes.lines,
  };
}

/** The longest that the steps of one API may take, so that Envoy does not give up before they do. */
function messageTimeout({ apis }: Imported): number {
  const sums = apis.map((api) => {
    return [...api.request, ...api.response].reduce((sum, { step }) => sum + longest(step), 0);
  });
  return Math.ceil((Math.max(0, ...sums) + 1000) / 1000) * 1000;
}

function longest({ configuration }: Step): number {
  const time = (name: string, fallback: number): number => {
    const value = configuration[name];
    return typeof value === 'number' ? value : fallback;
  };
  // A Lambda ends after 15 minutes at the latest.
  const read = time('readTimeoutMs', invocationDefaults.readTimeoutMs) || 900_000;
  const one =
    time('apiCallAttemptTimeoutMs', 0) || time('connectionTimeoutMs', invocationDefaults.connectionTimeoutMs) + read;
  return time('apiCallTimeoutMs', 0) || one;
}

/** Parts of the language whose values only the gateway knows. */
function noteExpressions(definition: ApiDefinition, imported: Imported, notes: Notes): void {
  const text = JSON.stringify([imported.apis, [...definition.responseTemplates.values()].map((types) => [...types])]);
  if (/#request\.pathParams/.test(text)) {
    notes.add('values of #request.pathParams: take the segment by its number, as in #request.paths[2]');
  }
  for (const name of ['contextPath', 'pathInfo']) {
    if (new RegExp(`#request\\.${name}\\b`).test(text)) notes.add(`#request.${name}, which is null here`);
  }
  if (/#(?:subscription|plan|application)\b|attributes\['(?:plan|application|api-key|user-id)'\]/.test(text)) {
    notes.add('values of the subscription (plan, application, key): Envoy does not know them');
  }
  if (text.includes('#dictionaries') && definition.dictionaries.size === 0) {
    notes.add('the dictionaries that expressions mention: they belong to the environment, put them into policies.yaml');
  }
  if (/#secrets\.get\((?!'(?:env|file):)/.test(text)) {
    notes.add("secret references: write {#secrets.get('env:NAME')} or {#secrets.get('file:/path')}");
  }
}
