import type { AuthorizerResult } from './authorizer/authorizer-result.ts';

/** What a function answered, as HTTP: what sendToConsumer sends and `#lambdaResponse` shows. */
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
  /** Nobody reads on: what it comes from is closed. A read under way ends. Does nothing after the end. */
  stop(): void;
}

export function isWhole(body: Uint8Array | BodyPieces): body is Uint8Array {
  return body instanceof Uint8Array;
}
