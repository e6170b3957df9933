import { streamOf } from '../../src/lambda/given/given-stream.ts';
import type { LambdaInvoker } from '../../src/lambda/index.ts';

/** An invoker whose functions do this, and stream the same. */
export function invokerOf(invoke: LambdaInvoker['invoke']): LambdaInvoker {
  return {
    invoke,
    invokeStreaming: async (invocation, signal) => streamOf(await invoke(invocation, signal)),
  };
}
