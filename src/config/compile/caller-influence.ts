import type { CompiledTemplate } from '../../expression/index.ts';
import type { LambdaConfiguration } from '../../policy/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { RightsList } from '../rights/index.ts';
import type { ConfigurationScope } from './configuration-scope.ts';
import type { Checked, StepRights } from './step-rights.ts';

const PREFIX = 'gravitee.attribute.';

/** Which variables of one API contain data that a caller sent. Steps are added in the order of execution. */
export class CallerVariables {
  /** Every variable so far: whether it contains anything from the request. */
  readonly #known = new Map<string, boolean>();
  #isAnyReached = false;

  /** Whether a caller can influence the result of the template. */
  reach({ needs, source }: CompiledTemplate): boolean {
    if (needs.request) return true;
    if (!needs.attributes || !this.#isAnyReached) return false;
    const named = possibleNames(source).flatMap((name) => this.#known.get(shortName(name)) ?? []);
    // A name that is composed at run time could be that of any variable.
    return named.length === 0 || named.includes(true);
  }

  add(variables: LambdaConfiguration['variables']): void {
    for (const { name, value } of variables) {
      const reached = value !== undefined && this.reach(value);
      const short = shortName(name);
      // A condition may skip this step, and then the earlier value remains.
      this.#known.set(short, reached || this.#known.get(short) === true);
      this.#isAnyReached ||= reached;
    }
  }
}

function shortName(name: string): string {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
}

/**
 * All texts between two quotes, without deciding which quote begins a string, and all names of properties. In linear time: an API may
 * have thousands of variables.
 */
function possibleNames(source: string): readonly string[] {
  const properties = [...source.matchAll(/\.\s*([A-Za-z_]\w*)/g)].map((match) => match[1] ?? '');
  return [...source.split(/['"]/), ...properties];
}

interface Influenced {
  readonly path: DocumentPath;
  readonly template: CompiledTemplate | undefined;
  /** What the field chooses. */
  readonly what: string;
  /** The list that limits the field's values. */
  readonly list?: RightsList;
}

/** Warns about each field of the destination and the identity that a caller can influence and that no list limits. */
export function warnOfCallers(
  configuration: Checked,
  rights: StepRights,
  callers: CallerVariables,
  scope: ConfigurationScope,
): void {
  for (const { path, template, what, list } of fieldsOf(configuration)) {
    if (template === undefined || !callers.reach(template)) continue;
    if (list !== undefined && (rights.author === 'route' || rights.allow.has(list))) continue;
    const remedy = list === undefined ? '' : `; limit it with \`allow: {${list}: [...]}\``;
    scope.warn(path, `depends on what a caller sends: a caller can choose the ${what}${remedy}`);
  }
}

function fieldsOf({ function: functionName, region, texts, credentials }: Checked): readonly Influenced[] {
  const { accessKey, secretKey, sessionToken, roleChain, role } = credentials;
  const roles = [
    ...roleChain.map((templates, index) => ({ at: ['roleChain', index], templates })),
    ...(role === undefined ? [] : [{ at: [], templates: role }]),
  ];
  return [
    { path: ['function'], template: functionName, what: 'function that is called', list: 'functions' },
    { path: ['region'], template: region, what: 'region that is called', list: 'regions' },
    { path: ['endpoint'], template: texts.endpoint, what: 'endpoint that is called', list: 'endpoints' },
    { path: ['qualifier'], template: texts.qualifier, what: 'version of the function' },
    { path: ['tenantId'], template: texts.tenantId, what: 'tenant' },
    { path: ['accessKey'], template: accessKey, what: 'identity that calls' },
    { path: ['secretKey'], template: secretKey, what: 'identity that calls' },
    { path: ['sessionToken'], template: sessionToken, what: 'identity that calls' },
    ...roles.flatMap(({ at, templates }): readonly Influenced[] => [
      { path: [...at, 'roleArn'], template: templates.roleArn, what: 'role', list: 'roles' },
      { path: [...at, 'roleSessionName'], template: templates.roleSessionName, what: 'name of the session' },
      { path: [...at, 'externalId'], template: templates.externalId, what: 'external id' },
    ]),
  ];
}
