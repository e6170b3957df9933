import type { ErrorKey } from './error-catalogue.ts';

/** A whole response that is sent to the caller instead of going on. */
export interface Answer {
  readonly status: number;
  /** In order; a name may occur several times (set-cookie). */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | undefined;
  /** The error that it stands for; undefined when a Lambda answers (sendToConsumer). */
  readonly errorKey: ErrorKey | undefined;
}
