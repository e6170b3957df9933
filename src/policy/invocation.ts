import { type CompiledTemplate, type EvaluationContext, ExpressionError } from '../expression/index.ts';
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

/** The longest text of an invocation, besides its payload: caches keep these texts, and callers may invent them. */
const MAX_TEXT = 8_192;

/** The policy's object with every expression evaluated for this request. Throws PolicyFailure. */
export function buildInvocation(transaction: Transaction, configuration: LambdaConfiguration): Invocation {
  if (configuration.resource !== undefined) checkPath(transaction);
  const invocation: Unfinished<Invocation> = {
    functionName: text(transaction, configuration.function, 'function'),
    region: text(transaction, configuration.region, 'region'),
    payload: undefined,
    isPayloadShared: configuration.requestFormat.shared !== undefined,
    invocationType: configuration.invocationType,
    logType: configuration.logType,
    credentials: configuration.credentials.constant ?? credentials(transaction, configuration.credentials),
    transport: configuration.transport,
    retry: configuration.retry,
    trace: transaction.span === undefined ? traceOf(transaction) : undefined,
    memory: transaction.memory,
  };
  for (const name of INVOCATION_TEXTS) invocation[name] = optional(transaction, configuration.texts[name], name);
  // Last: it is charged to memory, and whoever gets the invocation gives it back.
  invocation.payload = encode(transaction, configuration);
  return invocation;
}

/** Its payload was made for this one call. */
export function giveBackPayload(
  { memory }: Transaction,
  { requestFormat }: LambdaConfiguration,
  { payload }: Invocation,
): void {
  if (payload !== requestFormat.shared) memory.give(payload?.byteLength ?? 0);
}

type Unfinished<T> = { -readonly [K in keyof T]: T[K] };

function encode(transaction: Transaction, { requestFormat }: LambdaConfiguration): Uint8Array | undefined {
  try {
    return requestFormat.encode(transaction, transaction.memory);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw invalid(error.message, error.cause ?? error);
  }
}

/** A function for one resource never gets a request for another, however its values are used. */
function checkPath({ request }: Transaction): void {
  try {
    if (request?.pathValues !== undefined) return;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw invalid(error.message, error.cause ?? error);
  }
  const cause = new Error('the path does not match format.resource');
  throw new PolicyFailure('LAMBDA_EXT_PROC_PATH_MISMATCH', { cause, byCaller: true });
}

/** `chain`: the field is one of that role of `roleChain`. */
export function optional(
  context: EvaluationContext,
  template: CompiledTemplate | undefined,
  field: string,
  chain?: number,
): string | undefined {
  return template === undefined ? undefined : text(context, template, field, chain);
}

/**
 * The text of a field that is configured. An empty value (null, "", blanks) is an error: without the
 * field it would be a different call, by another identity or to another place, with more rights than intended.
 */
export function text(context: EvaluationContext, template: CompiledTemplate, field: string, chain?: number): string {
  if (template.constant !== undefined) return template.constant;
  let value: string | null;
  try {
    value = template.evaluate(context);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw invalid(`the expression of ${placeOf(field, chain)} failed`, error, placeOf(field, chain));
  }
  if (value !== null && value.length > MAX_TEXT) {
    const place = placeOf(field, chain);
    throw invalid(`${place} has more than ${MAX_TEXT} characters`, undefined, place);
  }
  if (value === null || value.trim() === '') {
    const place = placeOf(field, chain);
    throw invalid(`${place} is empty`, undefined, place);
  }
  return value;
}

function placeOf(field: string, chain: number | undefined): string {
  return chain === undefined ? field : `roleChain[${chain}].${field}`;
}

export function credentials(context: EvaluationContext, templates: CredentialTemplates): CredentialSource {
  return {
    accessKey: optional(context, templates.accessKey, 'accessKey'),
    secretKey: optional(context, templates.secretKey, 'secretKey'),
    sessionToken: optional(context, templates.sessionToken, 'sessionToken'),
    roleChain: templates.roleChain.map((role, i) => assumedRole(context, role, i)),
    role: templates.role === undefined ? undefined : assumedRole(context, templates.role),
  };
}

function assumedRole(context: EvaluationContext, templates: RoleTemplates, chain?: number): AssumedRole {
  const session = optional(context, templates.roleSessionName, 'roleSessionName', chain);
  return {
    roleArn: text(context, templates.roleArn, 'roleArn', chain),
    roleSessionName: session ?? invocationDefaults.roleSessionName,
    externalId: optional(context, templates.externalId, 'externalId', chain),
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

function invalid(details: string, cause: unknown = new Error(details), field?: string): PolicyFailure {
  return new PolicyFailure('AWS_LAMBDA_INVALID_RESPONSE', { details, cause, field });
}
