import { FormatError } from '../format-error.ts';
import { JsonSyntaxError } from '../result/json-scanner.ts';
import { GlobBudgetError } from './glob.ts';
import { type AuthorizerGrant, grantData } from './grant.ts';
import { IamPolicy, type Judgement } from './iam-policy.ts';
import { type JsonObject, jsonObject, member } from './json-members.ts';
import { readJson, valueBytes } from './json-value.ts';
import type { MethodArn } from './method-arn.ts';

/** Far more than API Gateway accepts from an authorizer; parsed JSON takes many times the size of its text. */
const MAX_BYTES = 256 * 1024;
/** Memory of a map's entry besides its content. */
const ENTRY_BYTES = 48;

/** What an authorizer answered: a policy, or its verdict itself. */
export interface AuthorizerResult {
  readonly grant: Omit<AuthorizerGrant, 'integrationLatency'>;
  /** `grant` as expressions see it. Nobody changes it. */
  readonly data: ReadonlyMap<string, unknown>;
  /** Its approximate size in memory. */
  readonly bytes: number;
  /** The verdict on one request. Throws FormatError. */
  judge(arn: MethodArn): Judgement;
}

/** `isSimple`: `enableSimpleResponses`. Throws FormatError for anything that is not exactly such an answer. */
export function readAuthorizerResult(payload: Uint8Array, isSimple: boolean): AuthorizerResult {
  const result = parse(payload);
  return isSimple ? simpleResult(result) : policyResult(result);
}

/** Whether a function's error is the one that API Gateway answers with a 401. */
export function isUnauthorized(payload: Uint8Array): boolean {
  try {
    return member(parse(payload), 'errorMessage') === 'Unauthorized';
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

function parse(payload: Uint8Array): JsonObject {
  if (payload.byteLength > MAX_BYTES) throw new FormatError(`the result has more than ${MAX_BYTES} bytes`);
  let value: unknown;
  try {
    value = readJson(payload);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new FormatError('the result is not JSON', { cause: error });
  }
  const result = jsonObject(value);
  if (result === undefined) throw new FormatError('the result is not a JSON object');
  return result;
}

function simpleResult(result: JsonObject): AuthorizerResult {
  const isAuthorized = member(result, 'isAuthorized');
  if (typeof isAuthorized !== 'boolean') throw new FormatError('isAuthorized is neither true nor false');
  return {
    ...told({ principalId: undefined, context: member(result, 'context') }, result),
    judge: () => ({ verdict: isAuthorized ? 'allow' : 'deny-default', statement: undefined }),
  };
}

function policyResult(result: JsonObject): AuthorizerResult {
  const principalId = member(result, 'principalId');
  if (typeof principalId !== 'string' || principalId === '') throw new FormatError('principalId is not a text');
  const policy = IamPolicy.read(member(result, 'policyDocument'));
  const { bytes, ...facts } = told({ principalId, context: flatContext(member(result, 'context')) }, result);
  return {
    ...facts,
    bytes: bytes + policy.bytes,
    judge(arn) {
      try {
        return policy.judge(arn);
      } catch (error) {
        if (!(error instanceof GlobBudgetError)) throw error;
        throw new FormatError('the policy takes too long to match', { cause: error });
      }
    },
  };
}

function told(
  grant: AuthorizerResult['grant'],
  result: JsonObject,
): Pick<AuthorizerResult, 'grant' | 'data' | 'bytes'> {
  const data = grantData(grant);
  return { grant, data, bytes: valueBytes(result) + data.size * ENTRY_BYTES };
}

function flatContext(value: unknown): JsonObject | undefined {
  if (value === undefined) return undefined;
  const context = jsonObject(value);
  if (context === undefined) throw new FormatError('context is not an object');
  const entries = Object.entries(context).filter(([, one]) => one !== null);
  if (entries.some(([, one]) => typeof one === 'object'))
    throw new FormatError('context has an object or a list in it');
  return Object.fromEntries(entries);
}
