import type { BodyPieces } from '../formats/index.ts';
import type { ErrorKey } from './error-catalogue.ts';

interface AnswerHead {
  readonly status: number;
  /** In order; a name may occur several times (set-cookie). */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A whole response that is sent to the caller instead of going on. */
export interface Answer extends AnswerHead {
  readonly body: Uint8Array | undefined;
  /** The error that it stands for; undefined when a Lambda answers (sendToConsumer). */
  readonly errorKey: ErrorKey | undefined;
}

/** A response that is sent to the caller while it arrives. Whoever takes it reads its body or stops it. */
export interface StreamedAnswer extends AnswerHead {
  readonly body: BodyPieces;
  readonly limits: StreamLimits;
}

/** What bounds a streamed answer: Envoy keeps whatever a slow caller has not read. */
export interface StreamLimits {
  /** Of the whole body. */
  readonly maxBytes: number;
  /** After the burst. */
  readonly bytesPerSecond: number;
  readonly burstBytes: number;
}
