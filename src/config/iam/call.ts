import type { CompiledTemplate } from '../../expression/index.ts';
import { type ApiVariables, knownText, type LambdaConfiguration, type RoleTemplates } from '../../policy/index.ts';
import { iamGlobs } from '../rights/index.ts';
import type { RightsDocument } from '../schema/index.ts';
import { type CalledQualifier, type FunctionPattern, functionsOfGlob, functionsOfName } from './function-arns.ts';
import type { Namer } from './policy-document.ts';

/** A value in a trust policy's condition. `unknown`: it is not in the document, and the user must fill it in. */
export type Told = { readonly text: string } | 'unknown' | undefined;

/** A role, or all roles that a glob allows, which the previous identity assumes. */
export interface RoleUse {
  readonly arns: readonly string[];
  readonly namer: Namer;
  readonly externalId: Told;
  /** Only if it is in the document and the same for every request. */
  readonly sessionName: string | undefined;
  readonly durationSeconds: number | undefined;
}

/** What one step calls, and as whom. */
export interface Call {
  /** The text of `accessKey` in the document; undefined: the machine's identity. */
  readonly accessKey: string | undefined;
  /** The roles, in the order in which they are assumed. */
  readonly roles: readonly RoleUse[];
  readonly functions: readonly FunctionPattern[];
  readonly namer: Namer;
}

/** A field, named as in policies.yaml, and a note about it. */
export interface FieldNote {
  readonly field: string;
  readonly text: string;
}

export interface ReadCall {
  readonly call: Call;
  readonly notes: readonly FieldNote[];
}

type Names = Pick<LambdaConfiguration, 'function' | 'region' | 'texts' | 'credentials'>;

const NOT_IN_POLICY = 'so it is in no policy: list its allowed values in';

/** The call of a step; `allow` limits the results of its expressions. */
export function callOfStep(api: ApiVariables, configuration: Names, allow: RightsDocument): ReadCall {
  const notes: FieldNote[] = [];
  const note = (field: string, text: string): void => {
    notes.push({ field, text });
  };
  const { texts, credentials } = configuration;
  const regions = oneOrMany(api, configuration.region, 'region', iamGlobs(allow, 'regions'), 'allow.regions', note);
  const name = knownText(api, configuration.function);
  const called = qualifierOf(api, texts.qualifier, note);
  const listed = iamGlobs(allow, 'functions');
  let functions: readonly FunctionPattern[] = [];
  if ('text' in name) functions = regions === undefined ? [] : functionsOfName(name.text, regions.texts, called);
  else if (name.decidedBy === 'nothing') note('function', 'gives no text, so every request fails');
  else if (listed !== undefined) {
    note('function', 'it depends on the request: the policy allows the entries of `allow.functions`');
    functions = listed.flatMap((glob) => functionsOfGlob(glob, regions?.texts, called));
  } else note('function', `it depends on the request, ${NOT_IN_POLICY} \`allow.functions\``);
  const isFixed = 'text' in name && regions?.decided !== true && called !== 'any';
  return {
    call: {
      accessKey: accessKeyOf(credentials.accessKey, note),
      roles: rolesOf(credentials).map(([role, field]) => roleUse(api, role, field, allow, note)),
      functions,
      namer: isFixed ? 'document' : 'request',
    },
    notes,
  };
}

type Note = (field: string, text: string) => void;

/** One text, or the globs of a list if the value depends on the request. Undefined: the value is not limited, or there is none. */
function oneOrMany(
  api: ApiVariables,
  template: CompiledTemplate,
  field: string,
  globs: readonly string[] | undefined,
  list: string,
  note: Note,
): { readonly texts: readonly string[]; readonly decided: boolean } | undefined {
  const known = knownText(api, template);
  if ('text' in known) return { texts: [known.text], decided: false };
  if (known.decidedBy === 'nothing') {
    note(field, 'gives no text, so every request fails');
    return undefined;
  }
  const who = known.decidedBy === 'secret' ? 'it is in a secret' : 'it depends on the request';
  if (globs === undefined) {
    note(field, `${who}, ${NOT_IN_POLICY} \`${list}\``);
    return undefined;
  }
  note(field, `${who}: the policy allows the entries of \`${list}\``);
  return { texts: globs, decided: true };
}

function qualifierOf(api: ApiVariables, template: CompiledTemplate | undefined, note: Note): CalledQualifier {
  if (template === undefined) return undefined;
  const known = knownText(api, template);
  if ('text' in known) return { text: known.text };
  note('qualifier', 'it depends on the request: the policy allows every version and alias of the function');
  return 'any';
}

function accessKeyOf(template: CompiledTemplate | undefined, note: Note): string | undefined {
  if (template === undefined) return undefined;
  if (template.constant === undefined && template.secrets.length === 0) {
    note('accessKey', 'it is the result of an expression: each of its identities needs this policy');
  }
  return template.source;
}

function rolesOf({
  roleChain,
  role,
}: Names['credentials']): readonly (readonly [role: RoleTemplates, field: string])[] {
  const chain = roleChain.map((one, i) => [one, `roleChain[${i}].`] as const);
  return role === undefined ? chain : [...chain, [role, '']];
}

function roleUse(
  api: ApiVariables,
  { roleArn, roleSessionName, externalId, durationSeconds }: RoleTemplates,
  field: string,
  allow: RightsDocument,
  note: Note,
): RoleUse {
  const found = oneOrMany(api, roleArn, `${field}roleArn`, iamGlobs(allow, 'roles'), 'allow.roles', note);
  const session = roleSessionName === undefined ? undefined : knownText(api, roleSessionName);
  const told = externalId === undefined ? undefined : knownText(api, externalId);
  if (told !== undefined && !('text' in told)) {
    const who = told.decidedBy === 'secret' ? 'it is in a secret' : 'it depends on the request';
    note(`${field}externalId`, `${who}: write it into the trust policy instead of ${UNKNOWN_EXTERNAL_ID}`);
  }
  return {
    arns: found?.texts ?? [],
    namer: found?.decided === true ? 'request' : 'document',
    externalId: told === undefined ? undefined : 'text' in told ? told : 'unknown',
    sessionName: session !== undefined && 'text' in session ? session.text : undefined,
    durationSeconds,
  };
}

/** A placeholder that nobody uses as an external id: a policy that is applied unchanged gives nobody access. */
export const UNKNOWN_EXTERNAL_ID = 'REPLACE-WITH-THE-EXTERNAL-ID';
