import type { EnvoySettings, PolicyFailure } from '../../policy/index.ts';
import type { Attributes, HeadersMessage, Mutation, Side } from '../wire/index.ts';

/** Whether a phase's body is needed, and may be had. */
export interface BodyPlan {
  /** A policy reads the body, and there is one. */
  readonly reads: boolean;
  /** Why the body cannot be waited for. */
  readonly refusal: string | undefined;
  /** Of the content-length header, where the body is read. */
  readonly length: number | undefined;
  /** A policy may replace the body, which is not known before it has run. */
  readonly replaces: boolean;
}

/** What the document says about the filter's configuration, where Envoy does not expose it, and about Envoy's version. */
export type ToldModes = Pick<EnvoySettings, 'allowModeOverride' | 'responseHeaders'> &
  Partial<Pick<EnvoySettings, 'version'>>;

/** What to do with a request, by its headers and the configuration. */
export type RequestPlan =
  /** No API, and `unmatched: pass`. */
  | { readonly kind: 'unmatched' }
  | { readonly kind: 'refused'; readonly failure: PolicyFailure }
  | {
      readonly kind: 'policies';
      readonly requestSteps: boolean;
      readonly responseSteps: boolean;
      /** The parts of the response that Envoy must send, or the API would be bypassed. */
      readonly mustSee: 'nothing' | 'headers' | 'body';
      readonly envoy: ToldModes;
      /** A response step reads the response's body. */
      readonly readsResponse: boolean;
      readonly body: BodyPlan;
    };

/** What the state machine calls while it handles an event. Everything else reaches it as events. */
export interface Inputs {
  /** Chooses the API and begins its transaction. `attributes` came with the stream's first message. */
  request(message: HeadersMessage, attributes: Attributes): RequestPlan;
  /** The response to a request whose policies ran and whose API has response steps. */
  response(message: HeadersMessage, status: number): BodyPlan;
  /** What the policies of a side changed: nothing, where there are none. */
  mutation(side: Side): Mutation;
  /** Takes room for bytes of a body. False: there is none. */
  reserve(bytes: number): boolean;
  /** Gives back what was reserved. */
  giveBack(bytes: number): void;
}
