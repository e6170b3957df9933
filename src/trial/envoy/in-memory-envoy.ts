import type { FilterMetadata, ProcessingRequest, ProcessingResponse } from '../../ext-proc/index.ts';
import {
  firstValue,
  type HeaderLine,
  type HttpRequest,
  type HttpResponse,
  hasHeader,
  type RawMessage,
  rawRequest,
  rawResponse,
  requestOf,
  responseOf,
  withoutHeader,
} from '../http-message.ts';
import { type EnvoySetup, type SendModes, sendModes } from './envoy-setup.ts';
import { applyHeaderMutation } from './header-mutation.ts';
import { bareReply, localReply } from './local-reply.ts';
import { bodyMessage, headersMessage, type Side, trailersMessage } from './processing-request.ts';
import { EnvoyRejection } from './rejection.ts';
import type { ReplyQueue } from './reply-queue.ts';
import { collectStreamed, type StreamedAnswer } from './streamed-reply.ts';

/** The outcome of a request. */
export interface Passage {
  /** Undefined: the backend was never called. */
  readonly forwarded: HttpRequest | undefined;
  /** For the caller. */
  readonly response: HttpResponse;
  /** `%RESPONSE_CODE_DETAILS%` of an immediate response. */
  readonly details: string | undefined;
  /** Why Envoy itself failed the request. */
  readonly rejection: string | undefined;
  /** The response was streamed; undefined: it was complete. */
  readonly streamed?: Pick<StreamedAnswer, 'pieces' | 'cut'> | undefined;
}

/** The other end of a stream, which receives Envoy's messages. */
export interface MessageSink {
  receive(message: ProcessingRequest): void;
  /** Envoy sends no more. */
  close(): void;
}

export interface EnvoyOptions {
  readonly setup: EnvoySetup;
  /** See `headersMessage`. */
  readonly attributes: Readonly<Record<Side, ReadonlyMap<string, string>>>;
  /** That the filter forwards. */
  readonly metadata: FilterMetadata;
}

/** The caller gets this, and nothing is forwarded. */
class Answered extends Error {
  readonly raw: RawMessage;
  readonly details: string | undefined;
  readonly streamed: StreamedAnswer | undefined;

  constructor(raw: RawMessage, details: string | undefined, streamed?: StreamedAnswer) {
    super('answered');
    this.raw = raw;
    this.details = details;
    this.streamed = streamed;
  }
}

type CommonResponse = NonNullable<NonNullable<ProcessingResponse['request_headers']>['response']>;

/**
 * Plays Envoy for one request by the rules of docs/notes/envoy.md: which message comes when, and how each reply changes what is
 * forwarded. It does not add what Envoy adds by itself (x-request-id, x-forwarded-for, date, server …).
 */
export class InMemoryEnvoy {
  readonly #stream: MessageSink;
  readonly #replies: ReplyQueue;
  readonly #options: EnvoyOptions;
  readonly #modes: SendModes;

  constructor(stream: MessageSink, replies: ReplyQueue, options: EnvoyOptions) {
    this.#stream = stream;
    this.#replies = replies;
    this.#options = options;
    this.#modes = sendModes(options.setup);
  }

  /** `backend` answers forwarded requests. Rejects only if the sidecar gives no answer at all. */
  async run(request: HttpRequest, backend: (forwarded: HttpRequest) => HttpResponse): Promise<Passage> {
    let forwarded: HttpRequest | undefined;
    try {
      forwarded = requestOf(withLengthOrTrailers(await this.#pass('request', rawRequest(request))));
      const answer = withoutImpossibleBody(rawResponse(backend(forwarded)), forwarded);
      const response = this.#modes.responseHeaders ? await this.#pass('response', answer) : answer;
      return { forwarded, response: asSent(response, request), details: undefined, rejection: undefined };
    } catch (error) {
      if (error instanceof Answered) {
        const { raw: message, details, streamed } = error;
        return { forwarded, response: asSent(message, request), details, rejection: undefined, streamed };
      }
      if (!(error instanceof EnvoyRejection)) throw error;
      return { forwarded, response: asSent(bareReply(500), request), details: undefined, rejection: error.message };
    } finally {
      this.#stream.close();
    }
  }

  /** One direction: what is forwarded. */
  async #pass(side: Side, message: RawMessage): Promise<RawMessage> {
    const { body, trailers } = message;
    const end = body.length === 0 && trailers.length === 0;
    const setup = side === 'request' ? this.#options.setup : undefined;
    const { attributes, metadata } = this.#options;
    this.#stream.receive(headersMessage(side, message.headers, end, { attributes: attributes[side], metadata, setup }));
    if (this.#bodyMode(side) === 'FULL_DUPLEX_STREAMED') return this.#fullDuplex(side, message, end);
    const reply = await this.#next(`${side}_headers`);
    const common = reply[`${side}_headers`]?.response;
    const headers = applyHeaderMutation(message.headers, common?.header_mutation);
    this.#override(reply);
    if (common?.status === 'CONTINUE_AND_REPLACE') return replaced({ ...message, headers }, common);
    if (end) return { ...message, headers };
    return this.#rest(side, { ...message, headers });
  }

  async #rest(side: Side, message: RawMessage): Promise<RawMessage> {
    const { trailers } = message;
    const mode = this.#bodyMode(side);
    let { headers, body } = message;
    // Envoy cannot know the length of a body that comes in pieces.
    if (mode === 'STREAMED' || mode === 'BUFFERED_PARTIAL') headers = withoutHeader(headers, 'content-length');
    if (mode !== 'NONE' && body.length > 0) {
      this.#stream.receive(bodyMessage(side, body, trailers.length === 0));
      const common = (await this.#next(`${side}_body`))[`${side}_body`]?.response;
      // The headers have already been forwarded before the pieces.
      if (mode !== 'STREAMED') headers = applyHeaderMutation(headers, common?.header_mutation);
      const { body: other, clear_body: cleared } = common?.body_mutation ?? {};
      if (cleared === true || other !== undefined) {
        body = cleared === true ? Buffer.alloc(0) : Buffer.from(other as Uint8Array);
        if (mode === 'BUFFERED') checkLength(headers, body);
      }
    }
    return { headers, body, trailers: await this.#trailers(side, trailers) };
  }

  async #trailers(side: Side, trailers: readonly HeaderLine[]): Promise<readonly HeaderLine[]> {
    const isSent = side === 'request' ? this.#modes.requestTrailers : this.#modes.responseTrailers;
    if (trailers.length === 0 || !isSent) return trailers;
    this.#stream.receive(trailersMessage(side, trailers));
    const reply = await this.#next(`${side}_trailers`);
    return applyHeaderMutation(trailers, reply[`${side}_trailers`]?.header_mutation);
  }

  /** Everything comes without waiting, and the reply to the headers is the first of any number. */
  async #fullDuplex(side: Side, message: RawMessage, end: boolean): Promise<RawMessage> {
    const { body, trailers } = message;
    if (body.length > 0) this.#stream.receive(bodyMessage(side, body, trailers.length === 0));
    if (trailers.length > 0) this.#stream.receive(trailersMessage(side, trailers));
    const common = (await this.#next(`${side}_headers`))[`${side}_headers`]?.response;
    const changed = applyHeaderMutation(message.headers, common?.header_mutation);
    if (common?.status === 'CONTINUE_AND_REPLACE') return replaced({ ...message, headers: changed }, common);
    const headers = withoutHeader(changed, 'content-length');
    if (end) return { ...message, headers };
    const pieces: Buffer[] = [];
    for (;;) {
      const reply = await this.#next(undefined);
      const ending = reply[`${side}_trailers`];
      if (ending) {
        return {
          headers,
          body: Buffer.concat(pieces),
          trailers: applyHeaderMutation(trailers, ending.header_mutation),
        };
      }
      const piece = reply[`${side}_body`]?.response?.body_mutation?.streamed_response;
      if (!piece) throw new EnvoyRejection(`a spurious message instead of a piece of the ${side}'s body`);
      pieces.push(Buffer.from((piece.body ?? '') as Uint8Array));
      if (piece.end_of_stream === true) return { headers, body: Buffer.concat(pieces), trailers: [] };
    }
  }

  /** The reply of this kind. Throws Answered after an immediate response, or a streamed one. */
  async #next(kind: keyof ProcessingResponse | undefined): Promise<ProcessingResponse> {
    const reply = await this.#replies.next();
    const { immediate_response: immediate } = reply;
    if (immediate) throw new Answered(localReply(immediate), immediate.details);
    if (reply.streamed_immediate_response) throw await this.#streamed(reply);
    if (kind !== undefined && reply[kind] === undefined) throw new EnvoyRejection(`a spurious message, no ${kind}`);
    return reply;
  }

  async #streamed(first: ProcessingResponse): Promise<Answered> {
    const mode = this.#modes.requestBody;
    if (mode !== 'NONE' && mode !== 'FULL_DUPLEX_STREAMED') {
      throw new EnvoyRejection(`a streamed answer in the body mode ${mode}`);
    }
    const answer = await collectStreamed(first, this.#options.setup.streamedCookies, () => this.#replies.next());
    return new Answered(answer.raw, answer.cut, answer);
  }

  /** A body mode that is left out becomes NONE, a header mode the filter's own. */
  #override({ mode_override: modes }: ProcessingResponse): void {
    if (!modes || !this.#options.setup.allowModeOverride) return;
    this.#modes.requestBody = modes.request_body_mode === 'BUFFERED' ? 'BUFFERED' : 'NONE';
    this.#modes.responseBody = modes.response_body_mode === 'BUFFERED' ? 'BUFFERED' : 'NONE';
    if (modes.response_header_mode === 'SEND') this.#modes.responseHeaders = true;
    if (modes.response_header_mode === 'SKIP') this.#modes.responseHeaders = false;
    this.#modes.requestTrailers = modes.request_trailer_mode === 'SEND';
    this.#modes.responseTrailers = modes.response_trailer_mode === 'SEND';
  }

  #bodyMode(side: Side): SendModes['requestBody'] {
    return side === 'request' ? this.#modes.requestBody : this.#modes.responseBody;
  }
}

/** The new body is sent in chunks: its length is not sent. */
function replaced(message: RawMessage, { body_mutation: mutation }: CommonResponse): RawMessage {
  const body = Buffer.from((mutation?.body ?? '') as Uint8Array);
  return { ...message, headers: withoutHeader(message.headers, 'content-length'), body };
}

/** As an HTTP/1.1 caller gets it: an empty answer has `content-length: 0`, unless its status or method implies it. */
function asSent(received: RawMessage, { method }: HttpRequest): HttpResponse {
  const message = withLengthOrTrailers(received);
  const status = firstValue(message.headers, ':status');
  if (method === 'HEAD') return responseOf({ ...message, body: Buffer.alloc(0) });
  const isTold = message.body.length > 0 || message.trailers.length > 0 || status === '204' || status === '304';
  if (isTold || hasHeader(message.headers, 'content-length')) return responseOf(message);
  return responseOf({ ...message, headers: [...message.headers, ['content-length', '0']] });
}

/** HTTP/1.1 has no trailers beside a content-length. */
function withLengthOrTrailers(message: RawMessage): RawMessage {
  return hasHeader(message.headers, 'content-length') ? { ...message, trailers: [] } : message;
}

/** Answers to HEAD, 204 and 304 end with their headers. */
function withoutImpossibleBody(message: RawMessage, { method }: HttpRequest): RawMessage {
  const status = firstValue(message.headers, ':status');
  const isBodiless = method === 'HEAD' || status === '204' || status === '304';
  return isBodiless ? { ...message, body: Buffer.alloc(0), trailers: [] } : message;
}

function checkLength(headers: readonly HeaderLine[], body: Buffer): void {
  const told = firstValue(headers, 'content-length');
  if (told !== '' && told !== String(body.length)) {
    throw new EnvoyRejection('mismatch between content length and the length of the mutated body');
  }
}
