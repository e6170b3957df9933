import { createLambdaInvoker, type Invocation, type LambdaInvoker, type ProcessInvoker } from '../lambda/index.ts';
import { madeUpKeys } from './made-up-keys.ts';

const { accessKey: accessKeyId, secretKey: secretAccessKey } = madeUpKeys;
const keys = Object.freeze({ accessKeyId, secretAccessKey });
const provider = Object.freeze({ identity: 'warm-up', account: undefined, get: () => keys });

/** Signs with made-up keys and sends every invocation to one endpoint of this machine. It uses neither a proxy nor real credentials. */
export class LoopbackInvoker implements LambdaInvoker {
  readonly #invoker: ProcessInvoker;
  readonly #endpoint: string;

  constructor(endpoint: string, userAgent: string) {
    this.#endpoint = endpoint;
    this.#invoker = createLambdaInvoker({ userAgent, environment: {}, credentialsFor: () => provider });
  }

  invoke(invocation: Invocation, signal?: AbortSignal): ReturnType<LambdaInvoker['invoke']> {
    return this.#invoker.invoke({ ...invocation, endpoint: this.#endpoint }, signal);
  }

  invokeStreaming(invocation: Invocation, signal?: AbortSignal): ReturnType<LambdaInvoker['invokeStreaming']> {
    return this.#invoker.invokeStreaming({ ...invocation, endpoint: this.#endpoint }, signal);
  }

  close(): Promise<void> {
    return this.#invoker.close();
  }
}
