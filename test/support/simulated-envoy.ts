import type { BodyMode } from './envoy-config.ts';
import { type Exchange, type Message, type Reply, requestHeaders, responseHeaders } from './exchange.ts';

/** One direction's message, as the peer behind Envoy sends it. */
export interface HttpMessage {
  readonly pieces: readonly Buffer[];
  readonly trailers: boolean;
  /** Whether content-length is told. */
  readonly length: boolean;
}

export interface Simulation {
  readonly modes: Readonly<Record<Side, BodyMode>>;
  readonly trailerMode: 'SEND' | 'SKIP';
  readonly allowOverride: boolean;
  readonly request: HttpMessage;
  readonly response: HttpMessage;
}

export type Side = 'request' | 'response';

/** What the other end would have received. */
export interface Passed {
  readonly body: Buffer;
  readonly headers: ReadonlyMap<string, string>;
}

export interface Outcome {
  /** Undefined: the backend was never called. */
  request?: Passed;
  response?: Passed;
  immediate?: { readonly status: number; readonly details: string; readonly body: string };
}

/**
 * Plays Envoy by the rules of docs/notes/envoy.md: which message comes when, what each reply means, and that an
 * extra, missing or misplaced reply is an error.
 */
export class SimulatedEnvoy {
  readonly #exchange: Exchange;
  readonly #simulation: Simulation;
  readonly #modes: Record<Side, BodyMode>;
  #trailerMode: 'SEND' | 'SKIP';
  #read = 0;
  readonly #outcome: Outcome = {};

  constructor(exchange: Exchange, simulation: Simulation) {
    this.#exchange = exchange;
    this.#simulation = simulation;
    this.#modes = { ...simulation.modes };
    this.#trailerMode = simulation.trailerMode;
  }

  async run(): Promise<Outcome> {
    if (await this.#side('request')) await this.#side('response');
    const status = await this.#exchange.end();
    if (status.code !== 0) throw new Error(`gRPC status ${status.code}: ${status.details}`);
    if (this.#exchange.replies.length !== this.#read) throw new Error('spurious message');
    return this.#outcome;
  }

  /** False when an immediate response ended the exchange. */
  async #side(side: Side): Promise<boolean> {
    const message = this.#simulation[side];
    const ends = message.pieces.length === 0 && !message.trailers;
    const length = message.pieces.reduce((sum, piece) => sum + piece.length, 0);
    const told = message.length ? { 'content-length': String(length) } : {};
    const headers = side === 'request' ? requestHeaders(ends, told) : responseHeaders(ends, told);
    const protocol = { request_body_mode: this.#modes.request, response_body_mode: this.#modes.response };
    this.#exchange.send(side === 'request' ? { ...headers, protocol_config: protocol } : headers);
    if (this.#modes[side] === 'FULL_DUPLEX_STREAMED') return this.#fullDuplex(side, message, ends);
    const reply = await this.#next(`${side}_headers`);
    if (reply === undefined) return false;
    const changed = new Map<string, string>();
    const common = reply[`${side}_headers`]?.response;
    apply(changed, common?.header_mutation);
    this.#takeOverride(reply);
    if (common?.status === 'CONTINUE_AND_REPLACE') {
      this.#outcome[side] = { headers: changed, body: common.body_mutation?.body ?? Buffer.alloc(0) };
      return true;
    }
    if (common?.body_mutation) throw new Error('body_mutation with CONTINUE in a headers response is ignored');
    return this.#body(side, message, changed, length);
  }

  async #body(side: Side, message: HttpMessage, changed: Map<string, string>, length: number): Promise<boolean> {
    const whole = Buffer.concat(message.pieces);
    const mode = this.#modes[side];
    let sent: readonly Buffer[] = mode === 'STREAMED' ? message.pieces : [];
    let complete = true;
    if (mode === 'BUFFERED' && message.pieces.length > 0) sent = [whole];
    if (mode === 'BUFFERED_PARTIAL' && message.pieces.length > 0) {
      const part = whole.subarray(0, Math.ceil(length / 2));
      complete = part.length === length;
      sent = [part];
    }
    const received: Buffer[] = [];
    for (const [i, piece] of sent.entries()) {
      const end = complete && i === sent.length - 1 && !message.trailers;
      this.#exchange.send({ [`${side}_body`]: { body: piece, end_of_stream: end } } as Message);
      const reply = await this.#next(`${side}_body`);
      if (reply === undefined) return false;
      const common = reply[`${side}_body`]?.response;
      if (common?.body_mutation?.streamed_response) throw new Error('streamed_response in a mode that has none');
      apply(changed, common?.header_mutation);
      const { body, clear_body: clear } = common?.body_mutation ?? {};
      const replaced = clear ? Buffer.alloc(0) : body;
      if (replaced !== undefined) checkLength(common?.header_mutation, replaced.length);
      received.push(replaced ?? piece);
    }
    if (sent.length === 0 || !complete) received.splice(0, received.length, whole);
    if (message.trailers && this.#trailerMode === 'SEND') {
      this.#exchange.send({ [`${side}_trailers`]: { trailers: { headers: [] } } } as Message);
      if ((await this.#next(`${side}_trailers`)) === undefined) return false;
    }
    this.#outcome[side] = { headers: changed, body: Buffer.concat(received) };
    return true;
  }

  async #fullDuplex(side: Side, message: HttpMessage, ends: boolean): Promise<boolean> {
    for (const [i, piece] of message.pieces.entries()) {
      const end = i === message.pieces.length - 1 && !message.trailers;
      this.#exchange.send({ [`${side}_body`]: { body: piece, end_of_stream: end } } as Message);
    }
    if (message.trailers) this.#exchange.send({ [`${side}_trailers`]: { trailers: { headers: [] } } } as Message);
    const reply = await this.#next(`${side}_headers`);
    if (reply === undefined) return false;
    if (reply.mode_override) throw new Error('mode_override in full duplex');
    const changed = new Map<string, string>();
    const common = reply[`${side}_headers`]?.response;
    apply(changed, common?.header_mutation);
    const received: Buffer[] = [];
    if (common?.status === 'CONTINUE_AND_REPLACE') {
      if (!ends) throw new Error('CONTINUE_AND_REPLACE where pieces follow');
      received.push(common.body_mutation?.body ?? Buffer.alloc(0));
      this.#outcome[side] = { headers: changed, body: Buffer.concat(received) };
      return true;
    }
    let open = !ends;
    while (open) {
      const next = await this.#next(undefined);
      if (next === undefined) return false;
      if (next[`${side}_trailers`]) {
        if (!message.trailers) throw new Error('trailers that nobody sent');
        break;
      }
      const streamed = next[`${side}_body`]?.response?.body_mutation?.streamed_response;
      if (!streamed) throw new Error(`${JSON.stringify(next)} where a piece of the ${side} body belongs`);
      received.push(streamed.body ?? Buffer.alloc(0));
      open = streamed.end_of_stream !== true;
      if (!open && message.trailers) throw new Error('end_of_stream before the trailers');
    }
    this.#outcome[side] = { headers: changed, body: Buffer.concat(received) };
    return true;
  }

  #takeOverride(reply: Reply): void {
    const override = reply.mode_override;
    if (!override || !this.#simulation.allowOverride) return;
    // A body mode that is left out becomes NONE.
    this.#modes.request = (override.request_body_mode ?? 'NONE') as BodyMode;
    this.#modes.response = (override.response_body_mode ?? 'NONE') as BodyMode;
    if (override.request_trailer_mode === 'SKIP') this.#trailerMode = 'SKIP';
  }

  /** The next reply, which must be of this kind; undefined after an immediate response. */
  async #next(kind: string | undefined): Promise<Reply | undefined> {
    await this.#exchange.until(this.#read + 1);
    const reply = this.#exchange.replies[this.#read];
    if (reply === undefined) throw new Error(`no reply where ${kind ?? 'a body'} belongs`);
    this.#read++;
    checkReply(reply);
    if (reply.immediate_response) {
      const { status, details, body } = reply.immediate_response;
      const code: string | number = status?.code ?? 0;
      this.#outcome.immediate = { status: statusNumber(code), details: details ?? '', body: body?.toString() ?? '' };
      return undefined;
    }
    if (kind !== undefined && reply.response !== kind) throw new Error(`${reply.response} where ${kind} belongs`);
    return reply;
  }
}

const codes: Readonly<Record<string, number>> = { OK: 200, InternalServerError: 500, BadRequest: 400 };

function statusNumber(code: string | number): number {
  return typeof code === 'number' ? code : (codes[code] ?? 0);
}

type Mutation = NonNullable<NonNullable<NonNullable<Reply['request_headers']>['response']>['header_mutation']>;

/** Rules that hold for every reply: values in `raw_value` alone. */
export function checkReply(reply: Reply): void {
  const mutations: (Mutation | null | undefined)[] = [
    reply.request_headers?.response?.header_mutation,
    reply.response_headers?.response?.header_mutation,
    reply.request_body?.response?.header_mutation,
    reply.response_body?.response?.header_mutation,
    reply.immediate_response?.headers,
  ];
  for (const mutation of mutations) {
    for (const { header } of mutation?.set_headers ?? []) {
      if (header?.value) throw new Error(`${header.key} has a value that Envoy would read as empty`);
      if (header?.raw_value === undefined) throw new Error(`${header?.key} has no raw_value`);
    }
  }
  const inHeaders = reply.response === 'request_headers' || reply.response === 'response_headers';
  if (reply.mode_override && !inHeaders) throw new Error('mode_override outside a headers response');
}

function checkLength(mutation: Mutation | null | undefined, length: number): void {
  const told = mutation?.set_headers?.find(({ header }) => header?.key === 'content-length')?.header?.raw_value;
  const removed = mutation?.remove_headers?.includes('content-length') === true;
  if (told === undefined ? !removed : told.toString() !== String(length)) {
    throw new Error(`content-length ${told?.toString() ?? 'not given'} for a body of ${length} bytes`);
  }
}

function apply(headers: Map<string, string>, mutation: Mutation | null | undefined): void {
  for (const name of mutation?.remove_headers ?? []) headers.set(name, '(removed)');
  for (const { header } of mutation?.set_headers ?? []) {
    if (header?.key !== undefined && header.key !== 'content-length') headers.set(header.key, String(header.raw_value));
  }
}
