import type { CompiledTemplate, Secret } from '../../expression/index.ts';
import { type AssumedRole, type CredentialSource, invocationDefaults } from '../../lambda/index.ts';
import type { CredentialTemplates, RoleTemplates } from '../../policy/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { ConfigurationDocument } from '../schema/index.ts';
import { isBlank, warnOfBlank } from './blank.ts';
import type { ConfigurationScope } from './configuration-scope.ts';

type RoleFields = Pick<ConfigurationDocument, 'roleArn' | 'roleSessionName' | 'externalId' | 'durationSeconds'>;

const ROLE_SYNTAX = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/;
/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: role chaining. */
const CHAINED_SECONDS = 3_600;
const SESSION_NAME_SYNTAX = /^[\w+=,.@-]{2,64}$/;
/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: to IAM `${…}` would be a variable. */
const EXTERNAL_ID_SYNTAX = /^[\w+=,.@:/-]{2,1224}$/;

export function compileCredentials(
  configuration: ConfigurationDocument,
  region: CompiledTemplate | undefined,
  scope: ConfigurationScope,
): CredentialTemplates {
  const { accessKey, secretKey, sessionToken } = configuration;
  warnOfBlank(configuration, ['accessKey', 'secretKey', 'sessionToken', 'roleArn', 'roleChain'], [], scope);
  checkPair(accessKey, secretKey, sessionToken, scope);
  const templates = {
    accessKey: secret('accessKey', accessKey, scope),
    secretKey: secret('secretKey', secretKey, scope),
    sessionToken: secret('sessionToken', sessionToken, scope),
    roleChain: (configuration.roleChain ?? []).flatMap((role, index) => {
      return compileRole(role, ['roleChain', index], index > 0, scope) ?? [];
    }),
    role: compileRole(configuration, [], (configuration.roleChain ?? []).length > 0, scope),
  };
  // Each region has sessions of its own: with a region from the request, callers would decide how many there are.
  const isFixed = !scope.isInline && region?.constant !== undefined;
  return { ...templates, constant: constantSource(templates, isFixed) };
}

function secret(
  name: 'accessKey' | 'secretKey' | 'sessionToken',
  text: string | null | undefined,
  scope: ConfigurationScope,
): CompiledTemplate | undefined {
  if (isBlank(text)) return undefined;
  const template = scope.secret([name], text);
  if (template !== undefined) scope.fixedText([name], template);
  if (template?.constant !== undefined && name !== 'sessionToken') {
    scope.warn(
      [name],
      "the document contains a key as plain text: remove both keys to use the machine's identity, or use {#secrets.get('env:LAMBDA_EXT_PROC_SECRET_NAME')}",
    );
  }
  return template;
}

function checkPair(
  accessKey: string | null | undefined,
  secretKey: string | null | undefined,
  sessionToken: string | null | undefined,
  scope: ConfigurationScope,
): void {
  if (isBlank(accessKey) !== isBlank(secretKey)) {
    const [present, missing] = isBlank(accessKey) ? ['secretKey', 'accessKey'] : ['accessKey', 'secretKey'];
    scope.error([present], `requires ${missing}; remove both to use the machine's identity`, 'key');
  } else if (!isBlank(sessionToken) && isBlank(accessKey)) {
    scope.error(['sessionToken'], 'requires accessKey and secretKey', 'key');
  }
}

/** `isChained`: another role assumes it. */
function compileRole(
  role: RoleFields,
  path: DocumentPath,
  isChained: boolean,
  scope: ConfigurationScope,
): RoleTemplates | undefined {
  const at = (name: string): DocumentPath => [...path, name];
  if (isBlank(role.roleArn)) {
    for (const name of ['externalId', 'durationSeconds'] as const) {
      if (role[name] !== null && role[name] !== undefined) scope.warn(at(name), 'has no effect without roleArn', 'key');
    }
    if (path.length > 0) scope.error(at('roleArn'), 'is missing: expected the ARN of a role');
    return undefined;
  }
  const roleArn = scope.secret(at('roleArn'), role.roleArn);
  if (roleArn === undefined) return undefined;
  const arn = scope.fixedText(at('roleArn'), roleArn);
  if (arn !== undefined && !ROLE_SYNTAX.test(arn)) {
    scope.error(at('roleArn'), 'is not the ARN of a role: expected arn:aws:iam::<12 digits>:role/<name>');
  }
  const { roleSessionName: sessionText, externalId } = role;
  warnOfBlank(role, ['roleSessionName', 'externalId'], path, scope);
  const roleSessionName = scope.template(at('roleSessionName'), isBlank(sessionText) ? undefined : sessionText);
  const session = roleSessionName === undefined ? undefined : scope.fixedText(at('roleSessionName'), roleSessionName);
  if (session !== undefined && !SESSION_NAME_SYNTAX.test(session)) {
    scope.error(at('roleSessionName'), 'is not a valid session name: expected 2 to 64 letters, digits or _+=,.@-');
  }
  if (typeof role.durationSeconds === 'number' && role.durationSeconds < 900) {
    scope.error(at('durationSeconds'), 'AWS accepts only 900 seconds or more, and otherwise refuses the role');
  }
  if (typeof role.durationSeconds === 'number' && role.durationSeconds > CHAINED_SECONDS && isChained) {
    const message = `AWS accepts at most ${CHAINED_SECONDS} seconds for a role that another role assumes, and otherwise refuses it`;
    scope.error(at('durationSeconds'), message);
  }
  const external = scope.secret(at('externalId'), isBlank(externalId) ? undefined : externalId);
  const externalText = external === undefined ? undefined : scope.fixedText(at('externalId'), external);
  if (externalText !== undefined && !EXTERNAL_ID_SYNTAX.test(externalText)) {
    scope.error(at('externalId'), 'is not a valid external id: expected 2 to 1224 letters, digits or _+=,.@:/-');
  }
  return {
    roleArn,
    roleSessionName,
    externalId: external,
    durationSeconds: role.durationSeconds ?? undefined,
  };
}

/** The secrets that are read outside the event loop before each use. */
export function secretsOf({
  accessKey,
  secretKey,
  sessionToken,
  roleChain,
  role,
}: CredentialTemplates): readonly Secret[] {
  const roles = role === undefined ? roleChain : [...roleChain, role];
  const templates = [accessKey, secretKey, sessionToken, ...roles.flatMap((one) => [one.roleArn, one.externalId])];
  const secrets = templates.flatMap((template) => template?.secrets ?? []);
  return [...new Set(secrets.filter(({ refresh }) => refresh !== undefined))];
}

/** One frozen object for all requests when no expression is involved: the Lambda layer caches by identity. */
function constantSource(
  templates: Omit<CredentialTemplates, 'constant'>,
  fixed: boolean,
): CredentialSource | undefined {
  const { accessKey, secretKey, sessionToken, roleChain, role } = templates;
  const roles = [...roleChain, ...(role === undefined ? [] : [role])];
  const all = [
    accessKey,
    secretKey,
    sessionToken,
    ...roles.flatMap((one) => [one.roleArn, one.roleSessionName, one.externalId]),
  ];
  if (all.some((template) => template !== undefined && template.constant === undefined)) return undefined;
  return Object.freeze({
    accessKey: accessKey?.constant,
    secretKey: secretKey?.constant,
    sessionToken: sessionToken?.constant,
    roleChain: Object.freeze(roleChain.map(constantRole)),
    role: role === undefined ? undefined : constantRole(role),
    ...(fixed ? { fixed } : {}),
  });
}

function constantRole(role: RoleTemplates): AssumedRole {
  return Object.freeze({
    roleArn: role.roleArn.constant ?? '',
    roleSessionName: role.roleSessionName?.constant ?? invocationDefaults.roleSessionName,
    externalId: role.externalId?.constant,
    durationSeconds: role.durationSeconds,
  });
}
