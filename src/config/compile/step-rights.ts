import type { CompiledTemplate, SecretSource } from '../../expression/index.ts';
import type { InvocationFrame, LambdaConfiguration } from '../../policy/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { Rights, RightsList } from '../rights/index.ts';
import type { ConfigurationDocument } from '../schema/index.ts';
import type { ConfigurationScope } from './configuration-scope.ts';
import { type HeldFields, StepFrame } from './frame.ts';

/** Whose policies are compiled: those of the document, or inline policies of a route. */
export type StepRights =
  | { readonly author: 'document'; readonly allow: Rights }
  | { readonly author: 'route'; readonly inline: Rights };

/** What the document provides to each step: defaults and rights. */
export interface StepSurroundings {
  readonly defaults: ConfigurationDocument | null | undefined;
  readonly rights: StepRights;
  readonly secrets: SecretSource;
}

/** What a call reaches, and as whom. */
export type Checked = Pick<LambdaConfiguration, 'function' | 'region' | 'texts' | 'credentials'>;

/** Checks what is known without a request; the returned frame checks the results of expressions. */
export function compileFrame(
  configuration: Checked,
  rights: StepRights,
  hasOwnKeys: boolean,
  scope: ConfigurationScope,
): InvocationFrame | undefined {
  return rights.author === 'route'
    ? inlineFrame(configuration, rights.inline, hasOwnKeys, scope)
    : documentFrame(configuration, rights.allow, scope);
}

function documentFrame(configuration: Checked, allow: Rights, scope: ConfigurationScope): InvocationFrame | undefined {
  const { texts } = configuration;
  checkAllowed(configuration, allow, scope);
  const held = {
    function: allow.has('functions') && isExpression(configuration.function),
    region: allow.has('regions') && isExpression(configuration.region),
    endpoint: allow.has('endpoints') && isExpression(texts.endpoint),
    roles: allow.has('roles') && rolesOf(configuration).some(({ template }) => isExpression(template)),
    keys: false,
    writtenRoles: writtenRoles(configuration),
  };
  return isHeld(held) ? new StepFrame(allow, held, 'allow') : undefined;
}

/** Values that do not depend on a request are reported now: every request would be refused. */
function checkAllowed(configuration: Checked, allow: Rights, scope: ConfigurationScope): void {
  const check = (
    path: DocumentPath,
    template: CompiledTemplate | undefined,
    list: RightsList,
    allows: (text: string) => boolean,
  ): void => {
    if (template === undefined || template.constant !== undefined || !allow.has(list)) return;
    const text = scope.fixedValue(template);
    if (allow.isEmpty(list))
      scope.error(path, `is an expression, but \`allow.${list}\` is empty, so no result is allowed`);
    else if (text !== undefined && !allows(text)) {
      scope.error(path, `gives a value that is not in \`allow.${list}\`, so every request is refused`);
    }
  };
  const { function: functionName, region, texts } = configuration;
  const place = { region: scope.fixedValue(region), qualifier: texts.qualifier && scope.fixedValue(texts.qualifier) };
  const isPlaceKnown = place.region !== undefined && (texts.qualifier === undefined || place.qualifier !== undefined);
  check(['region'], region, 'regions', (text) => allow.allowsRegion(text));
  check(['function'], functionName, 'functions', (text) => {
    return !isPlaceKnown || allow.allowsFunction({ functionName: text, ...place, region: place.region ?? '' });
  });
  check(['endpoint'], texts.endpoint, 'endpoints', (text) => allow.allowsEndpoint(text));
  for (const { path, template } of rolesOf(configuration)) {
    check(path, template, 'roles', (text) => allow.allowsRole(text));
  }
}

function inlineFrame(
  configuration: Checked,
  inline: Rights,
  hasOwnKeys: boolean,
  scope: ConfigurationScope,
): InvocationFrame | undefined {
  const { function: functionName, region, texts } = configuration;
  const { endpoint, qualifier } = texts;
  const check = (
    path: DocumentPath,
    template: CompiledTemplate,
    list: RightsList,
    allows: (text: string) => boolean,
  ): void => {
    if (template.constant === undefined) {
      if (inline.isEmpty(list)) scope.error(path, `${EXPRESSION} \`inline.${list}\` is empty, so no result is allowed`);
    } else if (!allows(template.constant)) {
      scope.error(path, outside(list, list === 'functions' && path[0] !== 'function' ? 'the function' : 'it'));
    }
  };
  if (isOwn(['region'], region, scope)) check(['region'], region, 'regions', (text) => inline.allowsRegion(text));
  // The version and the tenant in `defaults` are part of what `defaults` allow: changing one of them needs the right to the function.
  const changed = PARTS.find((name) => !scope.isInherited([name]));
  const at = isOwn(['function'], functionName, scope) ? 'function' : changed;
  const isFunctionOwn = at !== undefined;
  // Whose function a partial ARN means depends on the region.
  const isPlaceKnown = region.constant !== undefined && (qualifier === undefined || qualifier.constant !== undefined);
  if (at !== undefined && (functionName.constant === undefined || isPlaceKnown)) {
    const place = { region: region.constant ?? '', qualifier: qualifier?.constant };
    check([at], functionName, 'functions', (text) => inline.allowsFunction({ functionName: text, ...place }));
  }
  if (endpoint !== undefined && isOwn(['endpoint'], endpoint, scope)) {
    check(['endpoint'], endpoint, 'endpoints', (text) => inline.allowsEndpoint(text));
    // The expression may be written in `defaults`, but the route chooses what it reads. A step's own endpoint is reported with its field.
    if (!hasOwnKeys && scope.isInherited(['endpoint'])) scope.error(['endpoint'], NEEDS_KEYS);
  }
  const roles = rolesOf(configuration);
  for (const { path, template } of roles) {
    if (isOwn(path, template, scope)) check(path, template, 'roles', (text) => inline.allowsRole(text));
  }
  const held = {
    function: isExpression(functionName) || (isFunctionOwn && !isPlaceKnown),
    region: isExpression(region),
    endpoint: isExpression(endpoint),
    roles: roles.some(({ template }) => isExpression(template)),
    keys: hasOwnKeys && configuration.credentials.constant === undefined,
    writtenRoles: writtenRoles(configuration),
  };
  return isHeld(held) ? new StepFrame(inline, held, 'inline') : undefined;
}

/** Fields that choose a part of one function. */
const PARTS = ['qualifier', 'tenantId'] as const;

const NEEDS_KEYS = 'is an expression, so inline policies choose its value: they need their own accessKey and secretKey';

const EXPRESSION = 'is an expression, and';

function outside(list: RightsList, what: string): string {
  return `is not allowed in inline policies: add ${what} to \`inline.${list}\` (--inline-${list} if there is no file)`;
}

/** An expression always counts as the route's: the route can set what it reads (`#properties`, `#dictionaries`). */
function isOwn(path: DocumentPath, template: CompiledTemplate, scope: ConfigurationScope): boolean {
  return template.constant === undefined || !scope.isInherited(path);
}

function isExpression(template: CompiledTemplate | undefined): boolean {
  return template !== undefined && template.constant === undefined;
}

interface RolePlace {
  readonly path: DocumentPath;
  readonly template: CompiledTemplate;
}

function rolesOf({ credentials: { roleChain, role } }: Checked): readonly RolePlace[] {
  const chain = roleChain.map(({ roleArn }, index) => ({ path: ['roleChain', index, 'roleArn'], template: roleArn }));
  return role === undefined ? chain : [...chain, { path: ['roleArn'], template: role.roleArn }];
}

function writtenRoles(configuration: Checked): ReadonlySet<string> {
  return new Set(rolesOf(configuration).flatMap(({ template }) => template.constant ?? []));
}

function isHeld(held: HeldFields): boolean {
  return held.function || held.region || held.endpoint || held.roles || held.keys;
}
