export { isBodyAwaited, isRunning, queuedBytes } from './acts.ts';
export { createExchange } from './create.ts';
export type { Effect, Ending, RunEffect } from './effect.ts';
export type { Event } from './event.ts';
export type { Failure } from './failure.ts';
export type { HiddenPart } from './hidden-part.ts';
export type { BodyPlan, Inputs, RequestPlan, ToldModes } from './inputs.ts';
export { next } from './next.ts';
export type { Exchange } from './state.ts';
