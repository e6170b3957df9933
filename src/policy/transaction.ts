import type { ApiScope, EvaluationContext, LambdaResponseScope, NodeScope } from '../expression/index.ts';
import type { Invocation, InvocationResult } from '../lambda/index.ts';
import type { Answer } from './answer.ts';
import type { ApiPolicies, PolicyStep } from './api-policies.ts';
import { decodeBody } from './content-encoding.ts';
import { errorAnswer } from './error-answer.ts';
import { HttpHeaders } from './http-headers.ts';
import { type Message, type RequestHead, RequestMessage, ResponseMessage } from './message.ts';
import { PolicyFailure } from './policy-failure.ts';
import type { PolicyRuntime } from './runtime.ts';
import { executeStep } from './step.ts';

/** One for all: an error with a stack for each request that ends would cost more than the request. */
const abortReason = new Error('the request ended');

export type PhaseOutcome = { readonly kind: 'continue' } | { readonly kind: 'answer'; readonly answer: Answer };

/** What one invocation left for access logs: dynamic metadata `policies.<name>`. */
export interface Execution {
  readonly requestId: string | undefined;
  readonly executedVersion: string | undefined;
  readonly durationMs: number;
  /** Status of the Invoke API; undefined when there was no answer. */
  readonly status: number | undefined;
}

/**
 * One HTTP request on its way through an API's policies. The protocol tells it what arrives; it runs the steps and
 * holds what they changed (`request`, `response`). It never throws but for an abort: a failure is an answer.
 */
export class Transaction implements EvaluationContext {
  readonly policies: ApiPolicies;
  readonly runtime: PolicyRuntime;
  readonly attributes = new Map<string, unknown>();
  readonly executions = new Map<string, Execution>();
  readonly variables: ReadonlyMap<string, unknown>;
  readonly api: ApiScope;
  readonly node: NodeScope;
  request: RequestMessage | undefined;
  response: ResponseMessage | undefined;
  lambdaResponse: LambdaResponseScope | undefined;
  errorKey: string | undefined;
  clearRouteCache = false;
  /** A request step's sendToConsumer took effect: `response` is the sidecar's own. */
  answered = false;
  readonly #bodyLimit: number;
  #step: PolicyStep | undefined;
  #reportedMs = 0;
  #aborted = false;
  #invocation: AbortController | undefined;

  constructor(policies: ApiPolicies, runtime: PolicyRuntime, bodyLimit: number) {
    this.policies = policies;
    this.runtime = runtime;
    this.variables = policies.variables;
    this.api = { ...policies.api, properties: policies.properties };
    this.node = runtime.node;
    this.#bodyLimit = bodyLimit;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Nobody waits any more: what runs is cut, and no further step begins. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#invocation?.abort(abortReason);
  }

  throwIfAborted(): void {
    if (this.#aborted) throw abortReason;
  }

  /** One invocation under a signal of its own: most end by themselves, and firing a signal is dear. */
  async invoke(invocation: Invocation): Promise<InvocationResult> {
    this.#invocation = new AbortController();
    try {
      return await this.runtime.invoker.invoke(invocation, this.#invocation.signal);
    } finally {
      this.#invocation = undefined;
    }
  }

  beginRequest(head: RequestHead): void {
    this.request = new RequestMessage(head);
  }

  beginResponse(status: number, headers: HttpHeaders): void {
    this.response = new ResponseMessage(status, headers);
  }

  /** Runs the request steps, and after a sendToConsumer the response steps on the Lambda's answer. */
  async runRequest(body: Uint8Array | undefined): Promise<PhaseOutcome> {
    try {
      if (body !== undefined) await this.#receive(this.request, body);
      for (const step of this.policies.request) await this.#run(step, 'request');
      if (!this.answered) return { kind: 'continue' };
      for (const step of this.policies.response) await this.#run(step, 'response');
      return { kind: 'answer', answer: this.#ownAnswer() };
    } catch (error) {
      return this.fail(error);
    }
  }

  async runResponse(body: Uint8Array | undefined): Promise<PhaseOutcome> {
    try {
      if (body !== undefined) await this.#receive(this.response, body);
      for (const step of this.policies.response) await this.#run(step, 'response');
      return { kind: 'continue' };
    } catch (error) {
      return this.fail(error);
    }
  }

  /** Milliseconds that invocations took since the last call: what remains of a phase is the sidecar's own. */
  takeInvocationTime(): number {
    let total = 0;
    for (const { durationMs } of this.executions.values()) total += durationMs;
    const since = total - this.#reportedMs;
    this.#reportedMs = total;
    return since;
  }

  /** The failure of a step that would answer after Envoy's deadline. */
  timeoutFailure(): PolicyFailure {
    const cause = new Error(`policy ${this.#step?.name ?? ''} would answer after Envoy's message timeout`);
    const status = this.#step?.configuration.errorStatus.timeout;
    return new PolicyFailure('AWS_LAMBDA_INVALID_RESPONSE', { details: 'Timeout', status, cause });
  }

  /** The answer to a failure, logged once. */
  fail(error: unknown): PhaseOutcome {
    this.throwIfAborted();
    const failure = PolicyFailure.from(error);
    this.errorKey = failure.key;
    const { logger } = this.runtime;
    logger.error({ api: this.policies.name, key: failure.key, err: failure.cause ?? failure }, 'request failed');
    const answer = errorAnswer(failure, this.policies.responseTemplates, this, (err) => {
      logger.error({ api: this.policies.name, key: failure.key, err }, 'response template failed, default body sent');
    });
    return { kind: 'answer', answer };
  }

  /** sendToConsumer in the request phase: from here on there is a response of the sidecar's own. */
  answerWith(status: number, payload: Uint8Array): void {
    if (!this.answered) this.response = new ResponseMessage(status, new HttpHeaders([]));
    this.answered = true;
    this.replaceResponse(status, payload);
  }

  /** Status and body of the response become the Lambda's; other headers stay (facts/gravitee-policy.md, 2). */
  replaceResponse(status: number, payload: Uint8Array): void {
    const response = this.response;
    if (response === undefined) return;
    response.changeStatus(status);
    response.replaceBody(payload);
    if (payload.length > 0) response.headers.set('content-type', 'application/json');
  }

  async #receive(message: Message | undefined, body: Uint8Array): Promise<void> {
    if (message === undefined) return;
    const encodings = message.headers.values('content-encoding');
    // A caller cannot mend what a backend sends.
    const tooLarge = message === this.response ? 500 : undefined;
    message.setBody(encodings === undefined ? body : await decodeBody(body, encodings, this.#bodyLimit, tooLarge));
  }

  async #run(step: PolicyStep, phase: 'request' | 'response'): Promise<void> {
    this.throwIfAborted();
    this.#step = step;
    const hidden = step.body === 'absent';
    if (this.request !== undefined) this.request.contentHidden = hidden;
    if (this.response !== undefined) this.response.contentHidden = hidden;
    await executeStep(this, step, phase);
    this.throwIfAborted();
  }

  #ownAnswer(): Answer {
    const response = this.response;
    if (response === undefined) throw new Error('answered without a response');
    const headers: [string, string][] = [];
    for (const change of response.headers.changes()) {
      if (change.kind !== 'remove') for (const value of change.values) headers.push([change.name, value]);
    }
    return { status: response.status, headers, body: response.body, errorKey: undefined };
  }
}
