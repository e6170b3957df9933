import type { StreamObserver } from '../ext-proc/index.ts';

const nothing = (): void => {};

/** Nobody counts what a trial does. */
export const silentObserver: StreamObserver = {
  streamOpened: nothing,
  streamClosed: nothing,
  message: nothing,
  sidecarTime: nothing,
  passThrough: nothing,
  bodyUnavailable: nothing,
  eventDropped: nothing,
  unattributedResponse: nothing,
  limitReached: nothing,
  immediateResponse: nothing,
  protocolViolation: nothing,
  responseStreamOpened: nothing,
  responseStreamBegan: nothing,
  responseStreamBytes: nothing,
  responseStreamClosed: nothing,
  answerCollected: nothing,
  invocation: nothing,
};
