import type { CompiledTemplate, EvaluationContext } from '../expression/index.ts';
import type { Invocation } from '../lambda/index.ts';
import type { ApiPolicies, LambdaConfiguration, PolicyStep } from './api-policies.ts';
import { credentials, optional, text } from './invocation.ts';
import { contextOf, dependsOnRequest } from './known-text.ts';
import { PolicyFailure } from './policy-failure.ts';

/** What a step calls, except for its payload, or why that is not known. */
type FixedInvocation =
  | { readonly invocation: Invocation }
  /** The fields, named as in policies.yaml, that depend on the request. */
  | { readonly dependsOn: readonly string[] }
  /** There is no call for any request, e.g. because a secret cannot be read. Names places but no values. */
  | { readonly failure: string };

/**
 * The parts of a step's call that do not depend on a request, without those that do not decide whether it is allowed (payload,
 * client context). Secrets are read, as for a request.
 */
export async function fixedInvocation(api: ApiPolicies, { configuration }: PolicyStep): Promise<FixedInvocation> {
  const dependsOn = templatesOf(configuration)
    .filter(([, template]) => dependsOnRequest(template))
    .map(([field]) => field);
  if (dependsOn.length > 0) return { dependsOn };
  for (const secret of configuration.secrets) await secret.refresh?.();
  try {
    return { invocation: build(contextOf(api), configuration) };
  } catch (error) {
    if (!(error instanceof PolicyFailure)) throw error;
    return { failure: error.cause instanceof Error ? error.cause.message : error.message };
  }
}

function build(context: EvaluationContext, configuration: LambdaConfiguration): Invocation {
  const { texts } = configuration;
  return {
    functionName: text(context, configuration.function, 'function'),
    region: text(context, configuration.region, 'region'),
    endpoint: optional(context, texts.endpoint, 'endpoint'),
    qualifier: optional(context, texts.qualifier, 'qualifier'),
    // A function with tenant isolation needs a tenant; any will do.
    tenantId: texts.tenantId && (texts.tenantId.constant ?? 'check'),
    invocationType: configuration.invocationType,
    logType: 'None',
    credentials: configuration.credentials.constant ?? credentials(context, configuration.credentials),
    transport: configuration.transport,
    retry: configuration.retry,
  };
}

type Named = readonly [field: string, template: CompiledTemplate];

function templatesOf({ function: name, region, texts, credentials: own }: LambdaConfiguration): readonly Named[] {
  const roles = own.role === undefined ? own.roleChain : [...own.roleChain, own.role];
  const fields: readonly (readonly [string, CompiledTemplate | undefined])[] = [
    ['function', name],
    ['region', region],
    ['endpoint', texts.endpoint],
    ['qualifier', texts.qualifier],
    ['accessKey', own.accessKey],
    ['secretKey', own.secretKey],
    ['sessionToken', own.sessionToken],
    ...roles.flatMap((role) => [
      ['roleArn', role.roleArn] as const,
      ['roleSessionName', role.roleSessionName] as const,
      ['externalId', role.externalId] as const,
    ]),
  ];
  return fields.flatMap(([field, template]) => (template === undefined ? [] : [[field, template] as const]));
}
