import type { CompiledTemplate } from '../../expression/index.ts';
import { endpointUrl, invocationDefaults } from '../../lambda/index.ts';
import type { ConfigurationDocument } from '../schema/index.ts';
import type { ConfigurationScope } from './configuration-scope.ts';
import { judgeRegion } from './regions.ts';

export interface Destination {
  readonly function: CompiledTemplate;
  readonly region: CompiledTemplate;
  readonly endpoint: CompiledTemplate | undefined;
  readonly qualifier: CompiledTemplate | undefined;
}

const functionSyntax =
  /^(?:arn:aws[a-z-]*:lambda:)?(?:[a-z]{2,4}(?:-[a-z]+){1,2}-\d{1,2}:)?(?:\d{12}:)?(?:function:)?[\w.-]{1,140}(?::(?:\$LATEST|[\w-]{1,128}))?$/;
const qualifierSyntax = /^(?:\$LATEST|[\w-]{1,128})$/;

/** Which function is called and where; undefined when that cannot be told. */
export function compileDestination(
  configuration: ConfigurationDocument,
  scope: ConfigurationScope,
): Destination | undefined {
  const functionText = configuration.function ?? '';
  if (functionText.trim() === '') {
    scope.error(['function'], 'is missing: expected the name or ARN of a Lambda function, here or in defaults');
  }
  const functionName = scope.template(['function'], functionText);
  const region = scope.template(['region'], configuration.region || invocationDefaults.region);
  const endpoint = scope.template(['endpoint'], configuration.endpoint || undefined);
  const qualifier = scope.template(['qualifier'], configuration.qualifier);
  if (functionName === undefined || region === undefined) return undefined;
  checkFunction(functionName, region, scope);
  checkRegion(region, scope);
  if (endpoint?.constant !== undefined) checkEndpoint(endpoint.constant, scope);
  if (qualifier?.constant && !qualifierSyntax.test(qualifier.constant)) {
    scope.error(['qualifier'], 'is neither a version nor an alias: expected letters, digits, - and _, or $LATEST');
  }
  for (const [name, template] of [
    ['function', functionName],
    ['endpoint', endpoint],
  ] as const) {
    if (template?.needs.request) {
      scope.warn([name], `depends on what a caller sends: a caller can choose the ${name} that is called`);
    }
  }
  return { function: functionName, region, endpoint, qualifier };
}

function checkFunction(template: CompiledTemplate, region: CompiledTemplate, scope: ConfigurationScope): void {
  const { constant } = template;
  if (constant === undefined || constant.trim() === '') return;
  if (!functionSyntax.test(constant)) {
    scope.error(['function'], 'is no function: expected a name, name:qualifier, or an ARN of a Lambda function');
    return;
  }
  const arnRegion = /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):/.exec(constant)?.[1];
  if (arnRegion !== undefined && region.constant !== undefined && arnRegion !== region.constant) {
    scope.warn(['function'], `the ARN is of ${arnRegion}, but the call goes to ${region.constant}: set region`);
  }
}

function checkRegion(template: CompiledTemplate, scope: ConfigurationScope): void {
  if (template.constant === undefined) return;
  const verdict = judgeRegion(template.constant);
  if (verdict.kind === 'invalid') {
    scope.error(['region'], `is no AWS region: expected one as ${invocationDefaults.region}${verdict.hint}`);
  }
  if (verdict.kind === 'unknown') scope.warn(['region'], `is no region that this version knows${verdict.hint}`);
}

function checkEndpoint(text: string, scope: ConfigurationScope): void {
  const url = endpointUrl(text);
  if (url === undefined) {
    scope.error(['endpoint'], 'is no endpoint: expected https://host[:port], or http:// for a local one');
    return;
  }
  if (url.username !== '' || url.password !== '') scope.error(['endpoint'], 'must not hold a user or a password');
  if (url.search !== '' || url.hash !== '') scope.error(['endpoint'], 'must not hold a query or a fragment');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    scope.warn(['endpoint'], 'payloads and results go over the network in clear text: use https');
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.[\d.]+$/.test(host);
}
