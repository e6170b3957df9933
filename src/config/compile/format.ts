import {
  FORMATS,
  type Format,
  type FormatField,
  type FormatName,
  type FormatOptions,
  isStageName,
  PathTemplate,
  type RequestFormat,
  Resource,
  type ResponseFormat,
  TrustedProxies,
} from '../../formats/index.ts';
import type { ConfigurationDocument } from '../schema/index.ts';
import { isBlank, warnOfBlank } from './blank.ts';
import type { ConfigurationScope } from './configuration-scope.ts';

type FormatDocument = NonNullable<ConfigurationDocument['format']>;

export interface CompiledFormats {
  /** Undefined: the request is the text of `payload`. */
  readonly request: RequestFormat | undefined;
  readonly response: ResponseFormat;
  readonly resource: Resource | undefined;
  readonly options: FormatOptions;
}

/** Where a step runs, which determines the formats that it can have. */
interface FormatPlace {
  readonly phase: 'request' | 'response';
  readonly body: 'as-needed' | 'absent' | 'buffered';
}

/** `requestFormat`, `responseFormat` and `format` of a step. */
export function compileFormats(
  document: ConfigurationDocument,
  place: FormatPlace,
  scope: ConfigurationScope,
): CompiledFormats {
  const requestName = document.requestFormat ?? 'raw';
  const responseName = document.responseFormat ?? requestName;
  const request: Format = FORMATS[requestName];
  const response: Format = FORMATS[responseName];
  const fields = document.format ?? {};
  if (requestName !== 'raw') checkEvent(document, requestName, place, scope);
  checkFields(fields, request, response, requestName, scope);
  const options = compileOptions(fields, scope);
  return {
    request: request.request?.(options),
    response: response.response(options),
    resource: options.resource && new Resource(options.resource),
    options,
  };
}

function checkEvent(
  document: ConfigurationDocument,
  name: FormatName,
  { phase, body }: FormatPlace,
  scope: ConfigurationScope,
): void {
  if (phase === 'response') {
    const beside = document.responseFormat ? '' : `, and \`responseFormat: ${name}\` if the result has a format of AWS`;
    const message = `${name} is an event for a request, so it is for the request phase only: write \`requestFormat: raw\` with a payload${beside}`;
    scope.error(['requestFormat'], message);
  } else if (body === 'absent') {
    const message = `${name} sends the request's body, which a step with scope REQUEST does not see: write \`scope: REQUEST_CONTENT\``;
    scope.error(['requestFormat'], message);
  }
  if (document.payload === null || document.payload === undefined || document.payload === '') return;
  const message = `cannot be combined with \`requestFormat: ${name}\`, which builds the payload itself: remove it (\`payload: null\` if it is in \`defaults\`), or write \`requestFormat: raw\``;
  scope.error(['payload'], message, 'key');
}

/** Fields of `defaults` that the step cannot use are ignored; its own fields that it cannot use are errors. */
function checkFields(
  fields: FormatDocument,
  request: Format,
  response: Format,
  requestName: FormatName,
  scope: ConfigurationScope,
): void {
  const used = new Set<string>([...request.requestFields, ...response.responseFields]);
  for (const [name, value] of Object.entries(fields)) {
    const path = ['format', name];
    if (value === null || value === undefined || used.has(name) || scope.origin(path)[0] === 'defaults') continue;
    const users = Object.entries<Format>(FORMATS).filter(([, format]) => {
      return format.requestFields.includes(name as FormatField);
    });
    const list = users.map(([user]) => user).join(', ');
    scope.error(path, `is not used with \`requestFormat: ${requestName}\`: remove it, or choose one of ${list}`, 'key');
  }
}

const TEXTS = ['stage', 'resource', 'routeKey', 'accountId', 'apiId', 'domainName', 'targetGroupArn'] as const;

function compileOptions(fields: FormatDocument, scope: ConfigurationScope): FormatOptions {
  warnOfBlank(fields, TEXTS, ['format'], scope);
  const text = (name: (typeof TEXTS)[number]) => {
    return scope.template(['format', name], isBlank(fields[name]) ? undefined : fields[name]);
  };
  const routeKey = text('routeKey');
  const resource = text('resource');
  const stage = text('stage');
  checkStage(stage?.constant, scope);
  if (resource?.constant !== undefined) checkResource(resource.constant, 'resource', scope);
  return {
    stage,
    stageVariables: Object.entries(fields.stageVariables ?? {}).flatMap(([name, value]) => {
      const template = scope.template(['format', 'stageVariables', name], value);
      return template === undefined ? [] : [[name, template] as const];
    }),
    routeKey,
    resource: resource ?? resourceOfRoute(routeKey?.constant, scope),
    accountId: text('accountId'),
    apiId: text('apiId'),
    domainName: text('domainName'),
    targetGroupArn: text('targetGroupArn'),
    multiValueHeaders: fields.multiValueHeaders ?? false,
    headerNames: fields.headerNames ?? 'canonical',
    binaryMediaTypes: compileMediaTypes(fields.binaryMediaTypes ?? [], scope),
    trustedProxies: compileProxies(fields.trustedProxies, scope),
  };
}

function checkStage(stage: string | undefined, scope: ConfigurationScope): void {
  if (stage === undefined || isStageName(stage)) return;
  scope.error(['format', 'stage'], 'is not the name of a stage: expected letters, digits, - and _, or $default');
}

function checkResource(text: string, field: 'resource' | 'routeKey', scope: ConfigurationScope): void {
  const template = PathTemplate.parse(text);
  if (typeof template === 'string') scope.error(['format', field], `is not a path template: it ${template}`);
}

function resourceOfRoute(routeKey: string | undefined, scope: ConfigurationScope): FormatOptions['resource'] {
  if (routeKey === undefined || routeKey === '$default') return undefined;
  const [, path] = /^[A-Z]+ (\/\S*)$/.exec(routeKey) ?? [];
  if (path === undefined) {
    scope.error(
      ['format', 'routeKey'],
      'is not a route: expected $default, or a method and a path such as GET /users/{id}',
    );
    return undefined;
  }
  checkResource(path, 'routeKey', scope);
  return scope.template(['format', 'routeKey'], path);
}

const MEDIA_TYPE = /^(?:\*\/\*|[\w!#$&^.+-]+\/(?:\*|[\w!#$&^.+-]+))$/;

function compileMediaTypes(types: readonly string[], scope: ConfigurationScope): readonly string[] {
  for (const [index, type] of types.entries()) {
    if (MEDIA_TYPE.test(type)) continue;
    const message = 'is not a media type: expected a type such as image/png, image/* or */*, without parameters';
    scope.error(['format', 'binaryMediaTypes', index], message);
  }
  return types.map((type) => type.toLowerCase());
}

function compileProxies(
  proxies: FormatDocument['trustedProxies'],
  scope: ConfigurationScope,
): TrustedProxies | undefined {
  if (proxies === null || proxies === undefined) return undefined;
  if (typeof proxies === 'number') return TrustedProxies.count(proxies);
  const list = TrustedProxies.list(proxies);
  if (list instanceof TrustedProxies) return list;
  const path = ['format', 'trustedProxies', list.invalid];
  scope.error(path, 'is neither an address nor a network, such as 192.0.2.7 or 10.0.0.0/8');
  return undefined;
}
