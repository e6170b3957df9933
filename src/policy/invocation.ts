import { type CompiledTemplate, ExpressionError } from '../expression/index.ts';
import { FormatError } from '../formats/index.ts';
import {
  type AssumedRole,
  type CredentialSource,
  type Invocation,
  invocationDefaults,
  type TraceContext,
} from '../lambda/index.ts';
import type { CredentialTemplates, LambdaConfiguration, RoleTemplates } from './api-policies.ts';
import { PolicyFailure } from './policy-failure.ts';
import type { Transaction } from './transaction.ts';

/** The policy's object with every expression evaluated for this request. Throws PolicyFailure. */
export function buildInvocation(transaction: Transaction, configuration: LambdaConfiguration): Invocation {
  const text = (template: CompiledTemplate | undefined, field: string): string | undefined =>
    evaluate(transaction, template, field);
  const functionName = text(configuration.function, 'function');
  if (functionName === undefined) throw invalid('function is empty');
  const payload = encode(transaction, configuration);
  return {
    functionName,
    qualifier: text(configuration.qualifier, 'qualifier'),
    region: text(configuration.region, 'region') ?? invocationDefaults.region,
    endpoint: text(configuration.endpoint, 'endpoint'),
    payload,
    invocationType: configuration.invocationType,
    logType: configuration.logType,
    clientContext: text(configuration.clientContext, 'clientContext'),
    tenantId: text(configuration.tenantId, 'tenantId'),
    credentials: configuration.credentials.constant ?? credentials(configuration.credentials, text),
    transport: configuration.transport,
    retry: configuration.retry,
    trace: traceOf(transaction),
  };
}

function encode(transaction: Transaction, { requestFormat }: LambdaConfiguration): Uint8Array | undefined {
  try {
    return requestFormat.encode(transaction);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw invalid(error.message, error.cause ?? error);
  }
}

/** Null and the empty string are both absent: the reference sends no payload and no qualifier for either. */
function evaluate(transaction: Transaction, template: CompiledTemplate | undefined, field: string): string | undefined {
  if (template === undefined) return undefined;
  if (template.constant !== undefined) return template.constant === '' ? undefined : template.constant;
  try {
    return template.evaluate(transaction) || undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw invalid(`the expression of ${field} failed`, error);
  }
}

type Evaluate = (template: CompiledTemplate | undefined, field: string) => string | undefined;

function credentials(templates: CredentialTemplates, text: Evaluate): CredentialSource {
  const accessKey = text(templates.accessKey, 'accessKey');
  const secretKey = text(templates.secretKey, 'secretKey');
  // One alone would fall back to the machine's identity without a word, and call with other rights than meant.
  if ((accessKey === undefined) !== (secretKey === undefined)) {
    throw invalid('only one of accessKey and secretKey has a value');
  }
  return {
    accessKey,
    secretKey,
    sessionToken: text(templates.sessionToken, 'sessionToken'),
    roleChain: templates.roleChain.flatMap((role) => assumedRole(role, text) ?? []),
    role: templates.role === undefined ? undefined : assumedRole(templates.role, text),
  };
}

function assumedRole(templates: RoleTemplates, text: Evaluate): AssumedRole | undefined {
  const roleArn = text(templates.roleArn, 'roleArn');
  if (roleArn === undefined) return undefined;
  return {
    roleArn,
    roleSessionName: text(templates.roleSessionName, 'roleSessionName') ?? invocationDefaults.roleSessionName,
    externalId: text(templates.externalId, 'externalId'),
    durationSeconds: templates.durationSeconds,
  };
}

function traceOf(transaction: Transaction): TraceContext | undefined {
  const headers = transaction.request?.headers;
  if (headers === undefined) return undefined;
  const xAmznTraceId = headers.first('x-amzn-trace-id');
  const traceparent = headers.first('traceparent');
  if (xAmznTraceId === undefined && traceparent === undefined) return undefined;
  return { xAmznTraceId, traceparent, tracestate: headers.first('tracestate') };
}

function invalid(details: string, cause: unknown = new Error(details)): PolicyFailure {
  return new PolicyFailure('AWS_LAMBDA_INVALID_RESPONSE', { details, cause });
}
