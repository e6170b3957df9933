import type { EvaluationContext, HeaderScope, RequestScope } from '../expression/index.ts';
import type { MemoryAccount } from '../memory-account.ts';
import type { AuthorizerGrant } from './authorizer/grant.ts';
import type { BodyPieces, FunctionAnswer } from './function-answer.ts';
import type { PathTemplate } from './path-template.ts';

/** Bodies that must be whole before a request can be encoded. */
export interface BodyNeeds {
  readonly requestBody: boolean;
  readonly responseBody: boolean;
}

/** Headers of a request, as Envoy sent them and policies changed them. */
export interface HeaderView extends HeaderScope {
  /** Whether a policy set, added to or removed the header. `name` in lower case. */
  isChanged(name: string): boolean;
}

/** A request as formats see it: what expressions see, and what only events contain. */
export interface RequestView extends RequestScope {
  readonly headers: HeaderView;
  /** The body as it came, its content codings not undone, or as a policy set it; undefined: it is not known. */
  readonly bytes: Uint8Array | undefined;
  /** As Envoy names it, for instance `HTTP/2`. */
  readonly protocol: string | null;
  /** The port of Envoy that the caller connected to. */
  readonly localPort: number | null;
  /** `x-request-id` where it is a UUID, else a UUID that was made for this request. */
  readonly uuid: string;
  /** `format.resource` of the step that runs; undefined: it has none. */
  readonly resource: PathTemplate | undefined;
  /** The values of the resource's names, as they were sent (not decoded); undefined: the path does not match it. */
  readonly pathValues: ReadonlyMap<string, string> | undefined;
  /** What the last authorizer said about the caller; undefined: none was asked. */
  readonly grant: AuthorizerGrant | undefined;
}

/** What a format reads of a transaction. Events need a request that is a RequestView; `raw` does not. */
export type TransactionView = EvaluationContext;

export function isRequestView(request: RequestScope | undefined): request is RequestView {
  return request !== undefined && 'bytes' in request && 'pathValues' in request;
}

/** What a format reads of an invocation's result: the status of the Invoke API and the function's bytes. */
export interface FunctionResult {
  readonly status: number;
  readonly payload: Uint8Array;
}

/** How a transaction becomes the payload of an invocation. Made once for a step, from its configuration. */
export interface RequestFormat {
  /** What its expressions read. */
  readonly needs: BodyNeeds;
  /** It reads the request's body as it came, with its content codings. */
  readonly readsBytes: boolean;
  /** The payload of all requests, if it is always the same. */
  readonly shared: Uint8Array | undefined;
  /**
   * Undefined: no payload. Bytes that are made for this request are taken from `memory` first, if there is one. Throws
   * FormatError and NoRoomError.
   */
  encode(transaction: TransactionView, memory?: MemoryAccount): Uint8Array | undefined;
}

/** How the result of an invocation becomes an HTTP answer. */
export interface ResponseFormat {
  /** Intermediate data are charged to `memory`, if there is one. Throws FormatError for an invalid result, and NoRoomError. */
  decode(result: FunctionResult, memory?: MemoryAccount): FunctionAnswer;
}

/** How a result that arrives becomes an HTTP answer. */
export interface StreamedResponseFormat {
  /**
   * Waits for the head and the first byte of the answer's body, or the end. What it keeps meanwhile is charged to `memory`, if there
   * is one, and given back. Rejects with FormatError, NoRoomError, or as the body does; then the body is stopped.
   */
  begin(body: BodyPieces, memory?: MemoryAccount): Promise<FunctionAnswer>;
}
