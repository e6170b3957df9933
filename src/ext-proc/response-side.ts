import { HttpHeaders, PolicyFailure } from '../policy/index.ts';
import type { ExchangeCore } from './exchange-core.ts';
import { decodeHeaders } from './header-codec.ts';
import { responseOverride } from './processing-mode.ts';
import { type MessageMutation, mutationOf, neutral } from './replies.ts';
import type { RequestSide } from './request-side.ts';
import { adaptResponse } from './response-body.ts';
import { emptyBody, lengthOf, Side } from './side.ts';
import { isFromUpstream, isLocalReply, refusesResponseBody } from './traffic.ts';
import type { BodyMode, HeadersMessage, ProcessingMode } from './wire.ts';

/** The answer on its way to the caller: the backend's, or one that Envoy or another filter made. */
export class ResponseSide extends Side {
  override readonly name = 'response';
  /** A caller cannot mend a backend's body: Envoy's own status for this, not the request's 413. */
  protected override readonly tooLargeStatus = 500;
  readonly #request: RequestSide;
  readonly #onLocalReply: () => void;
  /** What came, whatever policies make of it. `bodiless`: the headers were all (`ended` turns true with a body's end, too). */
  #received = { bodiless: false, upgraded: false };

  constructor(core: ExchangeCore, request: RequestSide, onLocalReply: () => void) {
    super(core);
    this.#request = request;
    this.#onLocalReply = onLocalReply;
  }

  protected override onHeaders(message: HeadersMessage): void {
    const { core } = this;
    const request = this.#request;
    const { pseudo, headers } = decodeHeaders(message.headers);
    const status = Number(pseudo.get('status') ?? 0);
    this.ended = message.end_of_stream === true;
    this.#received = { bodiless: this.ended, upgraded: status < 200 };
    const { transaction } = core;
    if (
      request.stage === 'awaiting-body' &&
      request.mode !== 'FULL_DUPLEX_STREAMED' &&
      !isLocalReply(status, headers)
    ) {
      core.bodyMissing('the response came first');
      return;
    }
    if (request.routeless && !isLocalReply(status, headers)) {
      const cause = new Error(
        'a backend answered a stream without an API: request_attributes must ask for xds.route_name',
      );
      core.fail(new PolicyFailure('LAMBDA_EXT_PROC_UNMATCHED', { cause }));
      return;
    }
    if (request.stage === 'start' && isFromUpstream(headers)) {
      // The request went by unseen: its headers are never sent (request_header_mode: SKIP).
      request.refuseUnseen();
      return;
    }
    // Observability mode waits for nothing: the backend may well be faster than the request's policies.
    if (core.silent && request.stage === 'running') return;
    if (request.stage !== 'open' || request.routeless) {
      // Answered before the request's policies were done: Envoy's own 404, 413 and 401 stay what they are.
      request.stage = 'open';
      this.#onLocalReply();
      this.#letThrough();
      return;
    }
    if (transaction === undefined || transaction.policies.response.length === 0) {
      this.#letThrough();
      return;
    }
    const { policies } = transaction;
    const fields = new HttpHeaders(headers);
    transaction.beginResponse(status, fields);
    this.expectedLength = lengthOf(fields.first('content-length'));
    if (!policies.needs.responseBody || this.ended) {
      core.run(this, 'headers', this.ended ? emptyBody : undefined);
      return;
    }
    const refusal = refusesResponseBody(status, fields.first('content-type'));
    if (refusal === undefined) this.awaitBody();
    else core.fail(new PolicyFailure('LAMBDA_EXT_PROC_BODY_UNAVAILABLE', { cause: new Error(refusal) }));
  }

  #letThrough(): void {
    this.stage = 'open';
    this.core.reply(neutral.response.headers);
  }

  protected override needsHeaders(): boolean {
    const { transaction } = this.core;
    return this.#request.stage === 'open' && (transaction?.policies.response.length ?? 0) > 0;
  }

  protected override override(body: BodyMode): ProcessingMode | undefined {
    const { modes } = this.core;
    if (modes.request === 'FULL_DUPLEX_STREAMED' || modes.response === 'FULL_DUPLEX_STREAMED') return undefined;
    // Nothing to withdraw: the request's override asked for no response body.
    return body === 'NONE' ? undefined : responseOverride(body);
  }

  protected override mutation(): MessageMutation {
    const { transaction } = this.core;
    if (transaction === undefined) throw new Error('settled without a transaction');
    return adaptResponse(mutationOf(transaction, 'response'), transaction, this.#received);
  }
}
