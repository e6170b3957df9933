export { grantData, writeJson } from '../formats/index.ts';
export type { Answer, StreamedAnswer } from './answer.ts';
export { answerFailure, timeoutFailure } from './answer-failure.ts';
export type * from './api-policies.ts';
export { AUTHORIZER_ATTRIBUTE } from './authorize.ts';
export {
  CACHE_ENTRIES,
  CACHE_SECONDS,
  defaultLimits,
  defaultStreamLimits,
  defaultStreamTimeouts,
  honestStatus,
  INLINE_CACHE_OWNER,
  policyDefaults,
} from './defaults.ts';

export { errorCatalogue } from './error-catalogue.ts';
export { fixedInvocation } from './fixed-invocation.ts';
export { type HeaderChange, HttpHeaders, ListedHeaders, type RawHeader, type ReceivedHeaders } from './http-headers.ts';
export { type ApiVariables, dependsOnRequest, knownText } from './known-text.ts';
export { type Message, type RequestHead, RequestMessage } from './message.ts';
export { bodyTooLarge, PolicyFailure } from './policy-failure.ts';
export type * from './policy-set.ts';
export { withoutPrivateWords } from './private-variables.ts';
export { mayReplaceBody, needsWholeResponse } from './replaced-body.ts';
export { reportFailure } from './report-failure.ts';
export { type PhaseOutcome, runPolicies } from './run-policies.ts';
export {
  defaultLogging,
  type InvocationObserver,
  type PolicyRuntime,
  type RequestLogging,
  type SharedResults,
  type SharedStore,
} from './runtime.ts';
export type { AppliedMutations, Trace, TraceEvent } from './trace.ts';
export { type Execution, type ResponseStreams, Transaction } from './transaction.ts';
