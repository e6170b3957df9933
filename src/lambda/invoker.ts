import { randomUUID } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { CircuitState } from '../observability/index.ts';
import type { TraceSpan } from '../tracing/index.ts';
import type { Attempt, AttemptReader } from './attempt.ts';
import { Call, type CallTools } from './call.ts';
import { type Deadline, within } from './deadline.ts';
import type { Environment } from './environment.ts';
import { type BegunStream, beginStream } from './event-stream/begin-stream.ts';
import { Circuits } from './guard/circuits.ts';
import { FunctionGuards } from './guard/function-guards.ts';
import { InvocationError } from './invocation-error.ts';
import { ClockSkew } from './request/clock-skew.ts';
import { configurationError } from './request/configuration-error.ts';
import { Destinations } from './request/destinations.ts';
import { EndpointResolver } from './request/endpoint.ts';
import { prepare } from './request/prepared.ts';
import { RefusedCredentials } from './request/refused-credentials.ts';
import { Signer } from './request/signer.ts';
import type { Operation, Target } from './request/target.ts';
import type { CredentialProvider, ResolvedCredentials } from './resolved-credentials.ts';
import { takeResult } from './result/take-result.ts';
import { ConnectionPools, type TrustReader } from './transport/connection-pools.ts';
import type {
  CredentialSource,
  Invocation,
  InvocationResult,
  LambdaInvoker,
  StreamingResult,
  TransportOptions,
} from './types.ts';

export interface InvokerParts {
  readonly environment: Environment;
  readonly credentialsFor: (source: CredentialSource, region: string) => CredentialProvider;
  /** Throws or rejects when the store cannot be read. */
  readonly trustFor: TrustReader;
  /** Sent as user-agent. */
  readonly userAgent: string;
  /** Wall clock in milliseconds. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Called when the circuit of a function opens. */
  readonly onCircuitOpened?: ((name: string) => void) | undefined;
}

/**
 * Sends `Invoke` without the SDK's `send`, which costs several times what the work needs. Names, endpoints, signatures,
 * errors and backoff are the SDK's, compared with it by tests; it retries less only where the function could run twice.
 */
export class DirectInvoker implements LambdaInvoker {
  readonly #credentialsFor: InvokerParts['credentialsFor'];
  readonly #tools: CallTools;
  readonly #destinations: Destinations;
  readonly #guards = new FunctionGuards();
  readonly #circuits: Circuits;
  readonly #pools: ConnectionPools;

  constructor({ environment, credentialsFor, trustFor, userAgent, now, random, onCircuitOpened }: InvokerParts) {
    this.#credentialsFor = credentialsFor;
    this.#circuits = new Circuits(onCircuitOpened ?? (() => {}));
    this.#tools = {
      signer: new Signer(),
      skew: new ClockSkew(),
      refusals: new RefusedCredentials(),
      userAgent,
      newId: randomUUID,
      now,
      random,
    };
    this.#destinations = new Destinations(new EndpointResolver(environment));
    this.#pools = new ConnectionPools(environment, trustFor);
  }

  invoke(invocation: Invocation, signal?: AbortSignal): Promise<InvocationResult> {
    return this.#call('invoke', invocation, signal, takeResult, leaveAtOnce);
  }

  async invokeStreaming(invocation: Invocation, signal?: AbortSignal): Promise<StreamingResult> {
    const { streaming, invocationType } = invocation;
    if (streaming === undefined || invocationType !== 'RequestResponse') {
      throw configurationError('type', invocationType, 'RequestResponse, the only type that streams');
    }
    const begin = (attempt: Attempt): Promise<BegunStream> => beginStream(attempt, streaming);
    return await this.#call('stream', invocation, signal, begin, ({ body }, leave) => body.onOver(leave));
  }

  /** Rejects with an InvocationError. Otherwise the call counts as running until the `leave` that `admitted` gets is called. */
  async #call<T extends object>(
    operation: Operation,
    invocation: Invocation,
    signal: AbortSignal | undefined,
    read: AttemptReader<T>,
    admitted: (result: T, leave: Leave) => void,
  ): Promise<T> {
    const started = performance.now();
    const { transport } = invocation;
    const deadline = { callEnd: started + (transport.apiCallTimeoutMs || Number.POSITIVE_INFINITY), signal };
    const found = this.#destinations.get(invocation, operation);
    const destination = found instanceof Promise ? await within(found, deadline, 0, 'timeout') : found;
    const prepared = prepare(invocation);
    const provider = this.#credentialsFor(invocation.credentials, invocation.region);
    // Before the guard: a call without credentials takes neither the function's concurrency nor a trial of its circuit.
    const given = this.#credentials(provider, destination.target, invocation.span);
    const credentials = given instanceof Promise ? await awaited(given, deadline, invocation.span) : given;
    const guard = this.#guards.of(destination, provider, invocation);
    const admission = guard.enter(transport, performance.now());
    const leave: Leave = (error) => {
      const opens = guard.leave(transport, admission, error, performance.now());
      if (opens) this.#circuits.opened(guard, invocation.shownName ?? invocation.functionName);
    };
    let result: T;
    try {
      const { target } = destination;
      const opened = this.#dispatcher(target.origin, transport);
      const dispatcher = opened instanceof Promise ? await within(opened, deadline, 0, 'timeout') : opened;
      const route = { target, guard, dispatcher, provider, credentials, prepared };
      result = await new Call(this.#tools, route, invocation, deadline, read).run();
    } catch (error) {
      leave(error);
      throw error;
    }
    admitted(result, leave);
    return result;
  }

  /** Those that are not closed now. */
  circuits(): Iterable<CircuitState> {
    return this.#circuits.list(performance.now());
  }

  /** Where the invocation goes, and the region that it is signed for. Rejects with an InvocationError. */
  async endpointOf(invocation: Invocation): Promise<readonly string[]> {
    const { target } = await this.#destinations.get(invocation);
    return [target.origin, target.path, target.region];
  }

  /** Waits for invocations under way, then closes all connections. */
  close(): Promise<void> {
    return this.#pools.close();
  }

  #credentials(
    provider: CredentialProvider,
    target: Target,
    span: TraceSpan | undefined,
  ): ResolvedCredentials | Promise<ResolvedCredentials> {
    const given = provider.get(span);
    if (given instanceof Promise) return given;
    const { refusals, now } = this.#tools;
    const error = refusals.errorFor(given, target, now());
    // Keys in the document have no source to ask: the request is sent, as the SDK does.
    if (error === undefined || provider.renew === undefined) return given;
    // If the source has no others, neither it nor the endpoint is asked in a loop.
    const others = (found: ResolvedCredentials): ResolvedCredentials => {
      if (found === given) throw error;
      return found;
    };
    const found = provider.renew(given);
    return found instanceof Promise ? found.then(others) : others(found);
  }

  #dispatcher(origin: string, transport: TransportOptions): Dispatcher | Promise<Dispatcher> {
    try {
      const found = this.#pools.get(origin, transport);
      return found instanceof Promise ? found.catch(unconnectable) : found;
    } catch (error) {
      return unconnectable(error);
    }
  }
}

async function awaited(
  given: Promise<ResolvedCredentials>,
  deadline: Deadline,
  span: TraceSpan | undefined,
): Promise<ResolvedCredentials> {
  const waiting = span?.child('wait for credentials', 'internal');
  try {
    return await within(given, deadline, 0, 'credentials-timeout');
  } catch (error) {
    waiting?.fail(error instanceof InvocationError ? error.failure : '_OTHER');
    throw error;
  } finally {
    waiting?.end();
  }
}

/** Called once when the call has ended: with its error, or undefined. */
type Leave = (error: unknown) => void;

function leaveAtOnce(_result: unknown, leave: Leave): void {
  leave(undefined);
}

function unconnectable(error: unknown): never {
  if (error instanceof InvocationError) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  throw new InvocationError('invalid-connection-settings', {
    message: `no connection can be made: ${reason}`,
    cause: error,
  });
}
