import type { AuthorizerResult, FunctionAnswer, Judgement } from '../formats/index.ts';
import type { Invocation, InvocationError, InvocationResult } from '../lambda/index.ts';
import type { PolicyStep, ResponseTemplate } from './api-policies.ts';
import type { Phase } from './phase.ts';
import type { PolicyFailure } from './policy-failure.ts';

/** The evaluated changes of one step to a message. A header's null means that it was removed. */
export interface AppliedMutations {
  /** As in policies.yaml: `answer` where sendToConsumer took effect. */
  readonly by: 'mutations' | 'answer';
  /** The response where sendToConsumer took effect, else the message of the phase. */
  readonly target: Phase;
  readonly set: readonly (readonly [name: string, value: string | null])[];
  readonly append: readonly (readonly [name: string, value: string | null])[];
  readonly remove: readonly string[];
  readonly body: string | null;
  readonly path: string | null;
  readonly status: number | undefined;
}

/** What happens while the policies of one transaction run, in order. All but `error-answer` belong to the last `step`. */
export type TraceEvent =
  | { readonly kind: 'step'; readonly step: PolicyStep; readonly phase: Phase }
  /** `error`: it could not be evaluated, and `onConditionError` decides. */
  | { readonly kind: 'condition'; readonly value: boolean; readonly error?: unknown }
  /** Of this request's own call, or of the call whose result it gets: see `cached`. */
  | { readonly kind: 'invocation'; readonly invocation: Invocation }
  /** The step keeps results, and this request has no key. */
  | { readonly kind: 'uncacheable' }
  /** `cached`: the result of another request's call, which was cached or still running. */
  | { readonly kind: 'result'; readonly result: InvocationResult; readonly cached: boolean }
  | { readonly kind: 'invocation-error'; readonly error: InvocationError }
  /** The result, decoded. */
  | { readonly kind: 'answer'; readonly answer: FunctionAnswer }
  /** What an authorizer's answer means for this request, `arn` at API Gateway; `grant`: what it says about the caller. */
  | {
      readonly kind: 'judgement';
      readonly arn: string;
      readonly judgement: Judgement;
      readonly grant: AuthorizerResult['grant'];
    }
  | { readonly kind: 'variable'; readonly name: string; readonly value: string | null }
  | { readonly kind: 'send-to-consumer'; readonly value: boolean }
  | { readonly kind: 'mutations'; readonly mutations: AppliedMutations }
  /** Headers that the mutations of a step would have set, had they applied. */
  | { readonly kind: 'cleared'; readonly headers: readonly string[] }
  /** `goesOn`: the request continues, by `onError: continue`. */
  | { readonly kind: 'failure'; readonly failure: PolicyFailure; readonly goesOn: boolean }
  /** The caller's answer to a failure; `template`: that made it, undefined for the default body. */
  | {
      readonly kind: 'error-answer';
      readonly failure: PolicyFailure;
      readonly template: ResponseTemplate | undefined;
    };

/** Called with each event; must not throw. */
export type Trace = (event: TraceEvent) => void;
