import type { WholePattern } from '../../expression/index.ts';
import { charge, type MemoryAccount } from '../../memory-account.ts';
import { isRequestView, type ResponseFormat, type TransactionView } from '../format.ts';
import { FormatError } from '../format-error.ts';
import type { FormatOptions } from '../format-options.ts';
import { quote, quoteAll, TextField } from '../json-text.ts';
import type { EventDialect } from '../request/aws-request.ts';
import { NO_ACCOUNT, NO_API } from '../request/event-facts.ts';
import { httpApiEvent } from '../request/http-api.ts';
import { httpApiV1Event, restApiEvent } from '../request/rest-api.ts';
import { DEFAULT_ROUTE } from '../request/route-key.ts';
import { Stage } from '../request/stage.ts';
import { authorizerResponse } from './authorizer-response.ts';
import { EventContext } from './event-context.ts';
import { type IdentitySource, identityValues } from './identity-source.ts';
import { type MethodArn, methodArn, type StageNames, stageArn } from './method-arn.ts';
import { methodRefusal, pathRefusal } from './request-path.ts';

/** Whose authorizer it is: a REST API's, or an HTTP API's with its payload format. */
export type AuthorizerService = 'rest' | 'http-v1' | 'http-v2';

/** `authorizer` of a step, compiled. */
export interface AuthorizerOptions {
  readonly type: 'TOKEN' | 'REQUEST';
  readonly service: AuthorizerService;
  /** `enableSimpleResponses`. */
  readonly isSimple: boolean;
  /** A TOKEN authorizer has exactly one, a header. */
  readonly sources: readonly IdentitySource[];
  /** `identityValidationExpression`: what the whole token must match. */
  readonly pattern: WholePattern | undefined;
  readonly format: FormatOptions;
}

/** The question to the function, and what its policy is evaluated against. */
export interface AuthorizerCall {
  readonly arn: MethodArn;
  /** Requests for which all of them are equal may have the same answer. */
  readonly keyParts: readonly string[];
  /** The event, charged to `memory`. Throws FormatError and NoRoomError. */
  payload(memory: MemoryAccount): Uint8Array;
}

/** Why the function is not called. `reason` is for the log and names no value. */
export interface AuthorizerRefusal {
  readonly status: 400 | 401 | 414;
  readonly reason: string;
}

/** API Gateway answers longer ones with a 414; in 2.0 its limits differ, but the effect is the same. */
const MAX_ARN = 1_600;

const DIALECTS: Readonly<Record<AuthorizerService, (options: FormatOptions) => EventDialect>> = {
  rest: (options) => restApiEvent(options, '{}'),
  'http-v1': (options) => httpApiV1Event(options, '{}'),
  'http-v2': httpApiEvent,
};

/** A Lambda authorizer as in API Gateway: asks a function about a request and decides by its answer. */
export class Authorizer {
  readonly service: AuthorizerService;
  /** What identifies the caller. */
  readonly sources: readonly IdentitySource[];
  /** How its results are read. */
  readonly response: ResponseFormat;
  readonly #options: AuthorizerOptions;
  readonly #dialect: EventDialect;
  readonly #stage: Stage;
  readonly #accountId: TextField;
  readonly #apiId: TextField;
  #lastStage: { readonly names: StageNames; readonly arn: string } | undefined;

  constructor(options: AuthorizerOptions) {
    const { service, format } = options;
    this.service = service;
    this.sources = options.sources;
    this.response = authorizerResponse(options.isSimple);
    this.#options = options;
    this.#dialect = DIALECTS[service](format);
    this.#stage = new Stage(format, service === 'rest' ? 'prod' : DEFAULT_ROUTE);
    this.#accountId = new TextField('accountId', format.accountId, NO_ACCOUNT);
    this.#apiId = new TextField('apiId', format.apiId, NO_API);
  }

  /** A verdict on such a request could be meant for another one. Throws FormatError. */
  refusal({ request }: TransactionView): AuthorizerRefusal | undefined {
    if (!isRequestView(request)) throw new FormatError('an authorizer without a request');
    if (request.method === '' || request.uri === '') throw new FormatError('Envoy hides :method or :path');
    const reason = pathRefusal(request.path) ?? methodRefusal(request.method);
    return reason === undefined ? undefined : { status: 400, reason };
  }

  /** `region`: of the ARN. Throws FormatError. */
  prepare(transaction: TransactionView, region: string): AuthorizerCall | AuthorizerRefusal {
    const refusal = this.refusal(transaction);
    if (refusal !== undefined) return refusal;
    const { request } = transaction;
    if (!isRequestView(request)) throw new FormatError('an authorizer without a request');
    const stage = this.#stageArn({
      region,
      accountId: this.#accountId.text(transaction),
      apiId: this.#apiId.text(transaction),
      stage: this.#stage.of(transaction),
    });
    const arn = methodArn(stage, request.method, request.path);
    if (arn.text.length > MAX_ARN) return { status: 414, reason: `the ARN has more than ${MAX_ARN} bytes` };
    const event = new EventContext(this.#dialect, request, transaction);
    const identity = identityValues(this.sources, request, event);
    if (identity === undefined) return { status: 401, reason: 'an identity source is missing, empty or duplicate' };
    const { pattern } = this.#options;
    if (pattern !== undefined && !identity.every((value) => pattern.matches(value))) {
      return { status: 401, reason: 'the token does not match identityValidationExpression' };
    }
    // A policy is evaluated for each request. A verdict holds only for its own request: at API Gateway one on a route lets
    // callers in at all others.
    const asked = this.#options.isSimple ? arn.text : '';
    return {
      arn,
      keyParts: [stage, asked, ...identity],
      payload: (memory) => {
        const text = this.#event(arn.text, identity, event);
        charge(memory, Buffer.byteLength(text));
        return Buffer.from(text);
      },
    };
  }

  /** Most steps name one stage: its ARN is built and checked once. */
  #stageArn(names: StageNames): string {
    const last = this.#lastStage;
    if (
      last !== undefined &&
      last.names.region === names.region &&
      last.names.accountId === names.accountId &&
      last.names.apiId === names.apiId &&
      last.names.stage === names.stage
    ) {
      return last.arn;
    }
    const arn = stageArn(names);
    this.#lastStage = { names, arn };
    return arn;
  }

  #event(arn: string, identity: readonly string[], event: EventContext): string {
    const { type, service } = this.#options;
    if (type === 'TOKEN') {
      return `{"type":"TOKEN","methodArn":${quote(arn)},"authorizationToken":${quote(identity[0] ?? '')}}`;
    }
    const joined = quote(identity.join(','));
    switch (service) {
      case 'rest':
        return `{"type":"REQUEST","methodArn":${quote(arn)},${event.members}}`;
      case 'http-v1':
        return `{"type":"REQUEST","methodArn":${quote(arn)},"identitySource":${joined},"authorizationToken":${joined},${event.members}}`;
      case 'http-v2': {
        const list = identity.length === 0 ? 'null' : quoteAll(identity);
        return `{"type":"REQUEST","routeArn":${quote(arn)},"identitySource":${list},${event.members}}`;
      }
    }
  }
}

export function isAuthorizerRefusal(call: AuthorizerCall | AuthorizerRefusal): call is AuthorizerRefusal {
  return 'reason' in call;
}
