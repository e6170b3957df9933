import { randomUUID } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { Call, type CallTools } from './call.ts';
import { within } from './deadline.ts';
import type { Environment } from './environment.ts';
import { FunctionGuards } from './guard/function-guards.ts';
import { InvocationError } from './invocation-error.ts';
import { ClockSkew } from './request/clock-skew.ts';
import { Destinations } from './request/destinations.ts';
import { EndpointResolver } from './request/endpoint.ts';
import { Signer } from './request/signer.ts';
import type { CredentialProvider } from './resolved-credentials.ts';
import { ConnectionPools, type TlsTrust } from './transport/connection-pools.ts';
import type {
  CredentialSource,
  Invocation,
  InvocationResult,
  LambdaInvoker,
  SslOptions,
  TransportOptions,
} from './types.ts';

export interface InvokerParts {
  readonly environment: Environment;
  readonly credentialsFor: (source: CredentialSource, region: string) => CredentialProvider;
  /** The same object for the same store. Throws when it cannot be read. */
  readonly trustFor: (ssl: SslOptions) => TlsTrust;
  /** Sent as user-agent. */
  readonly userAgent: string;
  /** Wall clock in milliseconds. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/**
 * Sends `Invoke` by itself: the SDK's `send` costs several times what the work needs. Names, endpoints, signatures,
 * errors and backoff are the SDK's, held against it by test; where this one repeats less, the function could run twice.
 */
export class DirectInvoker implements LambdaInvoker {
  readonly #credentialsFor: InvokerParts['credentialsFor'];
  readonly #tools: CallTools;
  readonly #destinations: Destinations;
  readonly #guards = new FunctionGuards();
  readonly #pools: ConnectionPools;

  constructor({ environment, credentialsFor, trustFor, userAgent, now, random }: InvokerParts) {
    this.#credentialsFor = credentialsFor;
    this.#tools = { signer: new Signer(), skew: new ClockSkew(), userAgent, newId: randomUUID, now, random };
    this.#destinations = new Destinations(new EndpointResolver(environment));
    this.#pools = new ConnectionPools(environment, trustFor);
  }

  async invoke(invocation: Invocation, signal?: AbortSignal): Promise<InvocationResult> {
    const started = performance.now();
    const { transport } = invocation;
    const deadline = { callEnd: started + (transport.apiCallTimeoutMs || Number.POSITIVE_INFINITY), signal };
    const found = this.#destinations.get(invocation);
    const destination = found instanceof Promise ? await within(found, deadline, 0) : found;
    const provider = this.#credentialsFor(invocation.credentials, invocation.region);
    const guard = this.#guards.of(destination, provider);
    const admission = guard.enter(transport, started);
    try {
      const route = {
        target: destination.target,
        guard,
        dispatcher: this.#dispatcher(destination.target.origin, transport),
        provider,
      };
      const result = await new Call(this.#tools, route, invocation, deadline).run();
      guard.leave(transport, admission, undefined, performance.now());
      return result;
    } catch (error) {
      guard.leave(transport, admission, error, performance.now());
      throw error;
    }
  }

  /** Waits for invocations under way, then closes all connections. */
  close(): Promise<void> {
    return this.#pools.close();
  }

  #dispatcher(origin: string, transport: TransportOptions): Dispatcher {
    try {
      return this.#pools.get(origin, transport);
    } catch (error) {
      if (error instanceof InvocationError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new InvocationError('invalid-connection-settings', {
        message: `no connection can be made: ${reason}`,
        cause: error,
      });
    }
  }
}
