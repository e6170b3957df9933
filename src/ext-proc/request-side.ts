import type { Metadata } from '@grpc/grpc-js';
import { PolicyFailure, type PolicyRuntime, Transaction } from '../policy/index.ts';
import type { ExchangeCore } from './exchange-core.ts';
import { requestOverride } from './processing-mode.ts';
import { refusalPolicies } from './refusal.ts';
import { type MessageMutation, mutationOf, neutral } from './replies.ts';
import { readRequestHead } from './request-head.ts';
import { selectApi } from './selection.ts';
import { emptyBody, lengthOf, Side } from './side.ts';
import { refusesRequestBody } from './traffic.ts';
import type { BodyMode, HeadersMessage, ProcessingMode } from './wire.ts';

export interface RequestSideOptions {
  readonly metadata: Metadata;
  readonly runtime: PolicyRuntime;
  readonly now: () => number;
  readonly attributes: () => ReadonlyMap<string, string>;
  /** Why no more work is taken on; undefined: it is. */
  readonly overload: () => string | undefined;
  readonly onPass: () => void;
}

/** The caller's message: chooses the API and begins the transaction. */
export class RequestSide extends Side {
  override readonly name = 'request';
  protected override readonly tooLargeStatus = undefined;
  readonly #options: RequestSideOptions;
  #routeless = false;

  constructor(core: ExchangeCore, options: RequestSideOptions) {
    super(core);
    this.#options = options;
  }

  /** Let through unmatched, since Envoy itself has no route for it and will say 404. */
  get routeless(): boolean {
    return this.#routeless;
  }

  protected override onHeaders(message: HeadersMessage): void {
    const { core } = this;
    const { metadata, runtime, now, attributes, overload, onPass } = this.#options;
    const head = readRequestHead(message, attributes(), now());
    this.ended = message.end_of_stream === true;
    this.expectedLength = lengthOf(head.headers.first('content-length'));
    const selection = selectApi(core.set, metadata, attributes().get('xds.route_name'));
    if (selection.kind === 'pass') {
      this.stage = 'open';
      onPass();
      const mode = this.override('NONE');
      core.reply(mode === undefined ? neutral.request.headers : { ...neutral.request.headers, mode_override: mode });
      return;
    }
    const policies = selection.kind === 'api' ? selection.policies : refusalPolicies(core.set);
    core.transaction = new Transaction(policies, runtime, core.limits.bodyBytes);
    core.transaction.beginRequest(head);
    const overloaded = overload();
    if (selection.kind === 'refused') {
      this.#routeless = selection.failure.key === 'LAMBDA_EXT_PROC_UNMATCHED' && hasNoRoute(attributes());
      if (this.#routeless) this.settle('headers');
      else core.fail(selection.failure);
    } else if (overloaded !== undefined) {
      const cause = new Error(overloaded);
      core.fail(new PolicyFailure('LAMBDA_EXT_PROC_OVERLOADED', { retryAfterSeconds: 1, cause }));
    } else if (!policies.needs.requestBody || this.ended) {
      if (policies.request.length > 0) core.run(this, 'headers', this.ended ? emptyBody : undefined);
      else this.settle('headers');
    } else {
      const refusal = refusesRequestBody(head);
      if (refusal === undefined) this.awaitBody();
      else core.fail(new PolicyFailure('LAMBDA_EXT_PROC_BODY_UNAVAILABLE', { cause: new Error(refusal) }));
    }
  }

  /** A backend answers a request whose headers were never sent here: no policy ran that might have refused it. */
  refuseUnseen(): void {
    this.needsHeaders();
    this.failUnseen();
  }

  protected override needsHeaders(): boolean {
    // Without headers there is no route and no API: nothing may pass that a policy might have refused.
    const { core } = this;
    const { runtime } = this.#options;
    core.transaction ??= new Transaction(refusalPolicies(core.set), runtime, core.limits.bodyBytes);
    return true;
  }

  protected override override(body: BodyMode): ProcessingMode | undefined {
    const { modes, transaction } = this.core;
    if (modes.request === 'FULL_DUPLEX_STREAMED' || modes.response === 'FULL_DUPLEX_STREAMED') return undefined;
    return requestOverride(this.#routeless || transaction?.policies.needs.response === true, body);
  }

  protected override mutation(): MessageMutation {
    const { transaction } = this.core;
    if (transaction === undefined) throw new Error('settled without a transaction');
    return mutationOf(transaction, 'request');
  }
}

/** Envoy tells the name of every route it found, an empty one too: the attribute is missing only where there is none. */
function hasNoRoute(attributes: ReadonlyMap<string, string>): boolean {
  return attributes.has('xds.virtual_host_name') && !attributes.has('xds.route_name');
}
