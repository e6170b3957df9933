import type { BodyPieces } from '../formats/index.ts';
import type { ErrorKey } from './error-catalogue.ts';

interface AnswerHead {
  readonly status: number;
  /** In order; a name may occur several times (set-cookie). */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A whole response that is sent to the caller; the request does not continue. */
export interface Answer extends AnswerHead {
  readonly body: Uint8Array | undefined;
  /** The error that it reports; undefined if a function answers (sendToConsumer). */
  readonly errorKey: ErrorKey | undefined;
}

/** A response that is sent to the caller while it arrives. Whoever receives it must read its body or stop it. */
export interface StreamedAnswer extends AnswerHead {
  readonly body: BodyPieces;
  readonly limits: StreamLimits;
}

/** Limits of a streamed answer: Envoy buffers whatever a slow caller has not read. */
export interface StreamLimits {
  /** Of the whole body. */
  readonly maxBytes: number;
  /** After the burst. */
  readonly bytesPerSecond: number;
  readonly burstBytes: number;
}
