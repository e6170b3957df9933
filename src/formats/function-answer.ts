import type { AuthorizerResult } from './authorizer/authorizer-result.ts';

/** A function's answer as HTTP: sendToConsumer sends it and `#lambdaResponse` shows it. */
export interface FunctionAnswer {
  readonly status: number;
  /** Names in lower case, in order; a name may occur several times (set-cookie). */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | BodyPieces;
  /** What an authorizer says, where the function is one. */
  readonly authorization?: AuthorizerResult;
}

/**
 * A body that arrives in pieces, for one reader, who is not overtaken: what is not read is not fetched. Reading rejects
 * where the body breaks off.
 */
export interface BodyPieces extends AsyncIterable<Uint8Array> {
  /** Stops reading and closes the source. A running read ends. Does nothing after the end. */
  stop(): void;
}

export function isWhole(body: Uint8Array | BodyPieces): body is Uint8Array {
  return body instanceof Uint8Array;
}
