import type { StreamObserver } from '../ext-proc/index.ts';

const nothing = (): void => {};
const nobody = { end: nothing, drop: nothing };

/** A trial has no metrics. */
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
  failed: nothing,
  invocation: () => nobody,
};
