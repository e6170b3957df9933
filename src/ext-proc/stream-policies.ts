import { NoRoomError } from '../memory-account.ts';
import {
  type EnvoySettings,
  HttpHeaders,
  mayReplaceBody,
  type PhaseNeeds,
  PolicyFailure,
  Transaction,
} from '../policy/index.ts';
import type { TraceCarrier } from '../tracing/index.ts';
import { isUpgraded, requestBodyRefusal, responseBodyRefusal } from './body-refusal.ts';
import type { BodyPlan, Inputs, RequestPlan } from './exchange/index.ts';
import type { HeldBytes } from './held-bytes.ts';
import { mutationOf, unchanged } from './mutation.ts';
import { refusalPolicies } from './refusal.ts';
import { readRequestHead } from './request-head.ts';
import { adaptRequest } from './request-mutation.ts';
import { adaptResponse, type ReceivedResponse } from './response-mutation.ts';
import { envoyOf, type Selection, selectApi } from './selection.ts';
import type { Peer, StreamContext } from './stream-context.ts';
import { beginStreamSpan } from './stream-span.ts';
import { type Attributes, type HeadersMessage, type Mutation, readMetadata, type Side } from './wire/index.ts';

/** What determines a stream's API. */
type StreamPeer = Pick<Peer, 'metadata' | 'authority'>;

/** The policies' side of one stream: which API it belongs to, and its transaction. */
export class StreamPolicies implements Inputs, TraceCarrier {
  transaction: Transaction | undefined;
  /** Of a request that passes unchanged, if decisions are logged. */
  passed: Transaction | undefined;
  /** The settings of the Envoy in front. */
  envoy: EnvoySettings;
  readonly #peer: StreamPeer;
  readonly #context: StreamContext;
  readonly #held: HeldBytes;
  #received: ReceivedResponse = { bodiless: false, upgraded: false };

  constructor(peer: StreamPeer, context: StreamContext, held: HeldBytes) {
    this.#peer = peer;
    this.#context = context;
    this.envoy = context.set.envoy;
    this.#held = held;
  }

  request(message: HeadersMessage, attributes: Attributes): RequestPlan {
    const { set, runtime, now } = this.#context;
    const selection = this.#select(attributes);
    if (selection.kind === 'pass') {
      if (runtime.logging.decisions) this.#notePassed(message, attributes);
      return { kind: 'unmatched' };
    }
    const policies = selection.kind === 'api' ? selection.policies : refusalPolicies(set);
    const { bodyBytes, evaluationMs } = set.limits;
    const transaction = new Transaction(policies, runtime, bodyBytes, evaluationMs, this.#held, this.#held);
    transaction.callMetadata = this;
    this.transaction = transaction;
    const head = readRequestHead(message.head, attributes, now());
    const request = transaction.beginRequest(head);
    if (runtime.tracing !== undefined) beginStreamSpan(transaction, runtime.tracing, attributes);
    if (head.method === '') this.#context.hiddenHeaders.report(policies.name, ':method');
    // A stream without an API of its own is answered at once, whatever is held.
    if (selection.kind === 'refused') return selection;
    if (!this.#held.join(policies.name)) {
      return { kind: 'refused', failure: PolicyFailure.from(new NoRoomError(this.#held.shortage)) };
    }
    try {
      if (policies.needs.metadata !== undefined) request.metadata = readMetadata(message.metadata, this.#held);
    } catch (error) {
      return { kind: 'refused', failure: PolicyFailure.from(error) };
    }
    return {
      kind: 'policies',
      requestSteps: policies.request.length > 0,
      responseSteps: policies.response.length > 0,
      mustSee: mustSee(policies.needs),
      envoy: this.envoy,
      readsResponse: policies.needs.responseBody,
      body: this.#requestBody(transaction, message.end),
    };
  }

  #notePassed(message: HeadersMessage, attributes: Attributes): void {
    const { set, runtime, now } = this.#context;
    this.passed = new Transaction(refusalPolicies(set), runtime, 0, 0, this.#held);
    this.passed.callMetadata = this;
    this.passed.beginRequest(readRequestHead(message.head, attributes, now()));
  }

  #requestBody({ policies, request }: Transaction, end: boolean): BodyPlan {
    if (request === undefined) throw new Error('a request that has not begun');
    const replaces = mayReplaceBody(policies, 'request');
    if (end || !policies.needs.requestBody) return { reads: false, refusal: undefined, length: undefined, replaces };
    return { reads: true, refusal: requestBodyRefusal(request), length: lengthOf(request.headers), replaces };
  }

  response({ head, end }: HeadersMessage, status: number): BodyPlan {
    const { transaction } = this;
    if (transaction === undefined) throw new Error('a response without a transaction');
    const { policies, request } = transaction;
    const upgraded = isUpgraded(request, status);
    this.#received = { bodiless: end, upgraded };
    const headers = new HttpHeaders(head.headers);
    transaction.beginResponse(status, headers);
    if (status === 0) this.#context.hiddenHeaders.report(policies.name, ':status');
    const replaces = mayReplaceBody(policies, 'response');
    if (end || !policies.needs.responseBody) return { reads: false, refusal: undefined, length: undefined, replaces };
    const refusal = responseBodyRefusal(upgraded, headers.first('content-type'));
    return { reads: true, refusal, length: lengthOf(headers), replaces };
  }

  mutation(side: Side): Mutation {
    const { transaction } = this;
    if (transaction === undefined) return unchanged;
    const mutation = mutationOf(transaction, side);
    return side === 'request'
      ? adaptRequest(mutation, transaction)
      : adaptResponse(mutation, transaction, this.#received);
  }

  reserve(bytes: number): boolean {
    return this.#held.take(bytes);
  }

  giveBack(bytes: number): void {
    this.#held.give(bytes);
  }

  /** For an error: if the request's headers never came, there is no route and no API. */
  forFailure(): Transaction {
    if (this.transaction !== undefined) return this.transaction;
    const { set, runtime } = this.#context;
    const { bodyBytes, evaluationMs } = set.limits;
    const transaction = new Transaction(refusalPolicies(set), runtime, bodyBytes, evaluationMs, this.#held);
    transaction.callMetadata = this;
    if (runtime.tracing !== undefined) beginStreamSpan(transaction, runtime.tracing);
    this.transaction = transaction;
    return transaction;
  }

  /** Metadata of the gRPC call. */
  values(name: string): readonly string[] {
    return this.#peer.metadata.get(name).map(String);
  }

  /** The API, and the settings of the Envoy in front of it. */
  #select(attributes: Attributes): Selection {
    const { set } = this.#context;
    const { metadata, authority } = this.#peer;
    const selection = selectApi(set, metadata, { authority, attributes }, this.#held);
    const below = selection.kind === 'api' ? selection.policies.envoy : set.envoy;
    const envoy = envoyOf(set, metadata, below);
    if (envoy instanceof PolicyFailure) return { kind: 'refused', failure: envoy };
    this.envoy = envoy;
    return selection;
  }
}

function mustSee({ response, responseBody, answersAlways }: PhaseNeeds): 'nothing' | 'headers' | 'body' {
  if (!response || answersAlways) return 'nothing';
  return responseBody ? 'body' : 'headers';
}

function lengthOf(headers: HttpHeaders): number | undefined {
  const value = headers.first('content-length');
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}
