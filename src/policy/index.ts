export type { Answer } from './answer.ts';
export type * from './api-policies.ts';
export { errorAnswer } from './error-answer.ts';
export { type ErrorKey, errorCatalogue } from './error-catalogue.ts';
export { type HeaderChange, HttpHeaders, type RawHeader } from './http-headers.ts';
export type { RequestHead, RequestMessage, ResponseMessage } from './message.ts';
export { PolicyFailure } from './policy-failure.ts';
export type { InvocationLabels, InvocationObserver, PolicyRuntime } from './runtime.ts';
export { type Execution, type PhaseOutcome, Transaction } from './transaction.ts';
