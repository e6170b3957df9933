import { isWhole, type Judgement, writeJson } from '../../formats/index.ts';
import type { Invocation, InvocationError } from '../../lambda/index.ts';
import { MASKED } from '../../observability/index.ts';
import type { ApiPolicies } from '../../policy/index.ts';
import type { HttpRequest, HttpResponse, RecordedRun, RecordedStep } from '../../trial/index.ts';
import { type ShownBody, shownAnswerBody, shownBody } from './shown-body.ts';
import { shownError } from './shown-error.ts';
import { type ShownReply, shownReply } from './shown-reply.ts';

export type ShownHeaders = readonly (readonly [name: string, value: string])[];

export interface ShownRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: ShownHeaders;
  readonly body: ShownBody;
}

export interface ShownResponse {
  readonly status: number;
  readonly headers: ShownHeaders;
  readonly body: ShownBody;
}

export interface ShownCall {
  readonly function: string;
  readonly region: string;
  readonly invocationType: string;
  readonly qualifier: string | null;
  readonly endpoint: string | null;
  readonly clientContext: string | null;
  readonly tenantId: string | null;
  readonly payload: ShownBody;
  /** What Lambda answered. */
  readonly result: {
    readonly status: number;
    readonly functionError: string | null;
    readonly payload: ShownBody;
  } | null;
  /** Why it gave no result. */
  readonly error: { readonly kind: string; readonly name: string | null; readonly message: string } | null;
  readonly attempts: number | null;
  /** The result is of an earlier call, which was kept. */
  readonly cached: boolean;
}

/** What an authorizer's answer means for the request. */
export interface ShownJudgement {
  /** What API Gateway would call the request. */
  readonly arn: string;
  readonly verdict: Judgement['verdict'];
  /** The position in `Statement`, from 1, of the one that decides; null: none does. */
  readonly statement: number | null;
  /** Null in a simple response. */
  readonly principalId: string | null;
  /** JSON; null: none. */
  readonly context: string | null;
}

export interface ShownStep {
  readonly name: string;
  readonly phase: 'request' | 'response';
  readonly condition: { readonly template: string; readonly value: boolean; readonly error: string | null } | null;
  readonly call: ShownCall | null;
  /** Of a step that was to keep its result; null: it has no cache, or did not come so far. */
  readonly cache: { readonly seconds: number; readonly hasKey: boolean } | null;
  /** The result as `#lambdaResponse` and sendToConsumer have it. */
  readonly answer: (ShownResponse & { readonly streamed: boolean }) | null;
  readonly judgement: ShownJudgement | null;
  readonly variables: readonly { readonly name: string; readonly value: string | null; readonly private: boolean }[];
  readonly sendToConsumer: { readonly template: string | null; readonly value: boolean } | null;
  readonly mutations: ShownMutations | null;
  /** Headers that were removed, since the step was skipped or failed. */
  readonly removed: readonly string[];
  readonly failure: ShownFailure | null;
}

export interface ShownMutations {
  /** The field of the policy that says so. */
  readonly by: 'mutations' | 'answer';
  /** The message that they changed. */
  readonly of: 'request' | 'response';
  /** Null removes the header. */
  readonly set: readonly (readonly [name: string, value: string | null])[];
  readonly append: readonly (readonly [name: string, value: string | null])[];
  readonly remove: readonly string[];
  readonly body: string | null;
  readonly path: string | null;
  readonly status: number | null;
}

export interface ShownFailure {
  readonly key: string;
  readonly status: number;
  /** For the caller. */
  readonly message: string;
  /** For the log. */
  readonly cause: string | null;
  /** As `onError: continue` says. */
  readonly goesOn: boolean;
}

/** One run, as `--format json` prints it. */
export interface ShownRun {
  readonly api: string;
  readonly request: ShownRequest;
  readonly steps: readonly ShownStep[];
  /** Replies to Envoy, in order. */
  readonly envoy: readonly ShownReply[];
  /** Null: the backend is not called. */
  readonly forwarded: ShownRequest | null;
  readonly response: ShownResponse;
  /** The response went to the caller while it arrived; null: when it was whole. */
  readonly streamed: { readonly pieces: number; readonly cutBy: string | null } | null;
  readonly attributes: Readonly<Record<string, string | null>>;
  readonly errorKey: string | null;
  /** Why Envoy would refuse a reply and fail the request itself. */
  readonly rejection: string | null;
  readonly waitedMs: number;
}

/** A recorded run as plain data; its texts are to be masked still. */
export function shownRun(run: RecordedRun, request: HttpRequest, policies: ApiPolicies): ShownRun {
  const { privateVariables } = policies;
  const attributes = [...run.attributes].map(([name, value]) => [name, shownValue(value, privateVariables.has(name))]);
  return {
    api: policies.name,
    request: shownRequest(request),
    steps: run.steps.map((step) => shownStep(step, policies)),
    envoy: run.replies.map(shownReply),
    forwarded: run.forwarded === undefined ? null : shownRequest(run.forwarded),
    response: shownResponse(run.response),
    streamed: run.streamed === undefined ? null : { pieces: run.streamed.pieces, cutBy: run.streamed.cutBy ?? null },
    attributes: Object.fromEntries(attributes),
    errorKey: run.error?.failure.key ?? run.streamed?.cutBy ?? null,
    rejection: run.rejection ?? null,
    waitedMs: run.waitedMs,
  };
}

function shownStep(recorded: RecordedStep, policies: ApiPolicies): ShownStep {
  const { step, phase, condition, call, answer, variables, sendToConsumer: sent, failure } = recorded;
  const { sendToConsumer, cache } = step.configuration;
  const hasPrivate = policies.privateVariables.size > 0;
  const hidden = hidesAnswer(recorded);
  return {
    name: step.name,
    phase,
    condition:
      condition === undefined || step.condition === undefined
        ? null
        : {
            template: step.condition.source,
            value: condition.value,
            error: condition.error === undefined ? null : shownError(condition.error, hasPrivate),
          },
    call: call === undefined ? null : shownCall(call, hidden, hasPrivate),
    cache:
      cache === undefined || call === undefined
        ? null
        : { seconds: cache.ttlMs / 1000, hasKey: !recorded.isUncacheable },
    answer:
      answer === undefined
        ? null
        : {
            status: answer.status,
            headers: answer.headers,
            body: hidden ? MASKED : shownAnswerBody(answer.body),
            streamed: !isWhole(answer.body),
          },
    judgement: shownJudgement(recorded, hidden),
    variables: variables.map(([name, value]) => {
      const isPrivate = policies.privateVariables.has(name);
      return { name, value: shownValue(value, isPrivate), private: isPrivate };
    }),
    sendToConsumer:
      sent === undefined
        ? null
        : { template: typeof sendToConsumer === 'boolean' ? null : sendToConsumer.source, value: sent },
    mutations: shownMutations(recorded),
    removed: recorded.cleared,
    failure:
      failure === undefined
        ? null
        : {
            key: failure.failure.key,
            status: failure.failure.status,
            message: failure.failure.message,
            cause: failure.failure.cause === undefined ? null : shownError(failure.failure.cause, hasPrivate),
            goesOn: failure.goesOn,
          },
  };
}

/** A result from which a private variable could not be made: it is not known which part of it is private. */
function hidesAnswer({ step, variables }: RecordedStep): boolean {
  return step.configuration.variables.some(
    ({ name, private: isPrivate }) => isPrivate && !variables.some(([set]) => set === name),
  );
}

function shownJudgement({ judgement: recorded }: RecordedStep, hidden: boolean): ShownJudgement | null {
  if (recorded === undefined) return null;
  const { arn, judgement, grant } = recorded;
  const context = grant.context === undefined ? null : writeJson(grant.context);
  return {
    arn,
    verdict: judgement.verdict,
    statement: judgement.statement ?? null,
    principalId: grant.principalId ?? null,
    context: hidden && context !== null ? MASKED : context,
  };
}

function shownCall(call: NonNullable<RecordedStep['call']>, hidden: boolean, hasPrivate: boolean): ShownCall {
  const { invocation, result, error, cached } = call;
  return {
    ...shownTarget(invocation),
    payload: shownBody(invocation.payload),
    result:
      result === undefined
        ? null
        : {
            status: result.status,
            functionError: result.functionError ?? null,
            payload: hidden ? MASKED : shownBody(result.payload),
          },
    error: error === undefined ? null : shownFailedCall(error, hasPrivate),
    attempts: result?.attempts ?? error?.attempts ?? null,
    cached,
  };
}

function shownTarget(invocation: Invocation) {
  const { functionName, region, invocationType, qualifier, endpoint, clientContext, tenantId } = invocation;
  return {
    function: functionName,
    region,
    invocationType,
    qualifier: qualifier ?? null,
    endpoint: endpoint ?? null,
    clientContext: clientContext ?? null,
    tenantId: tenantId ?? null,
  };
}

function shownFailedCall(error: InvocationError, hasPrivate: boolean): NonNullable<ShownCall['error']> {
  return { kind: error.failure, name: error.errorType ?? null, message: shownError(error, hasPrivate) };
}

function shownMutations({ mutations }: RecordedStep): ShownMutations | null {
  if (mutations === undefined) return null;
  const { by, target, set, append, remove, body, path, status } = mutations;
  return { by, of: target, set, append, remove, body, path, status: status ?? null };
}

function shownRequest({ method, authority, path, headers, body }: HttpRequest): ShownRequest {
  return { method, host: authority, path, headers, body: shownBody(body) };
}

function shownResponse({ status, headers, body }: HttpResponse): ShownResponse {
  return { status, headers, body: shownBody(body) };
}

function shownValue(value: string | null, isPrivate: boolean): string | null {
  return isPrivate && value !== null ? MASKED : value;
}
