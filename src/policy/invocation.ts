import { type CompiledTemplate, ExpressionError } from '../expression/index.ts';
import { FormatError } from '../formats/index.ts';
import {
  type AssumedRole,
  type CredentialSource,
  INVOCATION_TEXTS,
  type Invocation,
  invocationDefaults,
  type TraceContext,
} from '../lambda/index.ts';
import type { CredentialTemplates, LambdaConfiguration, RoleTemplates } from './api-policies.ts';
import { PolicyFailure } from './policy-failure.ts';
import type { Transaction } from './transaction.ts';

/** The policy's object with every expression evaluated for this request. Throws PolicyFailure. */
export function buildInvocation(transaction: Transaction, configuration: LambdaConfiguration): Invocation {
  const functionName = text(transaction, configuration.function, 'function');
  if (functionName === undefined) throw invalid('function is empty');
  const invocation: Unfinished<Invocation> = {
    functionName,
    region: text(transaction, configuration.region, 'region') ?? invocationDefaults.region,
    payload: encode(transaction, configuration),
    invocationType: configuration.invocationType,
    logType: configuration.logType,
    credentials: configuration.credentials.constant ?? credentials(transaction, configuration.credentials),
    transport: configuration.transport,
    retry: configuration.retry,
    trace: traceOf(transaction),
  };
  for (const name of INVOCATION_TEXTS) invocation[name] = text(transaction, configuration.texts[name], name);
  return invocation;
}

type Unfinished<T> = { -readonly [K in keyof T]: T[K] };

function encode(transaction: Transaction, { requestFormat }: LambdaConfiguration): Uint8Array | undefined {
  try {
    return requestFormat.encode(transaction);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw invalid(error.message, error.cause ?? error);
  }
}

/** Null and the empty string are both absent: the reference sends no qualifier for either. */
function text(transaction: Transaction, template: CompiledTemplate | undefined, field: string): string | undefined {
  if (template === undefined) return undefined;
  if (template.constant !== undefined) return template.constant === '' ? undefined : template.constant;
  try {
    return template.evaluate(transaction) || undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw invalid(`the expression of ${field} failed`, error);
  }
}

function credentials(transaction: Transaction, templates: CredentialTemplates): CredentialSource {
  const accessKey = text(transaction, templates.accessKey, 'accessKey');
  const secretKey = text(transaction, templates.secretKey, 'secretKey');
  // One alone would silently fall back to the machine's identity, and call with other rights than meant.
  if ((accessKey === undefined) !== (secretKey === undefined)) {
    throw invalid('only one of accessKey and secretKey has a value');
  }
  return {
    accessKey,
    secretKey,
    sessionToken: text(transaction, templates.sessionToken, 'sessionToken'),
    roleChain: templates.roleChain.flatMap((role) => assumedRole(transaction, role) ?? []),
    role: templates.role === undefined ? undefined : assumedRole(transaction, templates.role),
  };
}

function assumedRole(transaction: Transaction, templates: RoleTemplates): AssumedRole | undefined {
  const roleArn = text(transaction, templates.roleArn, 'roleArn');
  if (roleArn === undefined) return undefined;
  const session = text(transaction, templates.roleSessionName, 'roleSessionName');
  return {
    roleArn,
    roleSessionName: session ?? invocationDefaults.roleSessionName,
    externalId: text(transaction, templates.externalId, 'externalId'),
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
