import { type DocumentPath, formatPath, type Position, parseOrReport } from '../config/index.ts';
import type { ApiPolicies, PolicySet, PolicyStep, ResponseTemplate } from '../policy/index.ts';

/** A step or a response template in its document. */
export interface Place extends Position {
  /** As `apis.orders.request.0`. */
  readonly path: string;
  /** Undefined for a response template of the whole document. */
  readonly api: string | undefined;
}

/** Where the compiled parts of a document are in its text. */
export interface Places {
  readonly steps: ReadonlyMap<PolicyStep, Place>;
  readonly templates: ReadonlyMap<ResponseTemplate, Place>;
}

type Fields = Readonly<Record<string, unknown>>;

/** `text`: from which the set was compiled. */
export function placesOf(set: PolicySet, text: string, fileName: string): Places {
  const source = parseOrReport(text, fileName);
  const data = fieldsOf(source.data);
  const placeOf = (path: DocumentPath, api: string | undefined): Place => {
    return { path: formatPath(path), api, ...source.locate(path) };
  };
  const steps = new Map<PolicyStep, Place>();
  const templates = new Map<ResponseTemplate, Place>();
  for (const [name, api] of set.apis) {
    const document = fieldsOf(fieldsOf(data.apis)[name]);
    const path = ['apis', name];
    for (const phase of ['request', 'response'] as const) {
      const lists = stepPaths(document, phase);
      for (const [i, step] of api[phase].entries())
        steps.set(step, placeOf([...path, ...pathOf(step, i, lists)], name));
    }
    for (const [template, templatePath] of templatePaths(api, document)) {
      const isOwn = Object.hasOwn(fieldsOf(document.responseTemplates), templatePath[0]);
      const from = isOwn ? [...path, 'responseTemplates'] : ['responseTemplates'];
      templates.set(template, placeOf([...from, ...templatePath], isOwn ? name : undefined));
    }
  }
  return { steps, templates };
}

interface StepPath {
  readonly name: unknown;
  readonly path: DocumentPath;
}

/** The steps of a phase that are enabled, in the order of the document. */
function stepPaths(document: Fields, phase: 'request' | 'response'): readonly StepPath[] {
  const v2 = phase === 'request' ? 'pre' : 'post';
  return [phase, v2].flatMap((list) => {
    const all = Array.isArray(document[list]) ? (document[list] as readonly unknown[]) : [];
    const entries = all.map((step, i) => ({ fields: fieldsOf(step), path: [list, i] }));
    return entries
      .filter(({ fields }) => fields.enabled !== false)
      .map(({ fields, path }) => ({ name: fields.name, path }));
  });
}

/** Scopes of v2 change the order: a name, if there is one, is exact. */
function pathOf(step: PolicyStep, index: number, lists: readonly StepPath[]): DocumentPath {
  const found = lists.find(({ name }) => name === step.name) ?? lists[index];
  return found?.path ?? [];
}

function templatePaths(
  { responseTemplates }: ApiPolicies,
  _document: Fields,
): readonly (readonly [ResponseTemplate, readonly [key: string, mediaType: string]])[] {
  return [...responseTemplates].flatMap(([key, byType]) =>
    [...byType].map(([mediaType, template]) => [template, [key, mediaType]] as const),
  );
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
