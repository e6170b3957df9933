import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type Invocation, InvocationError, type InvocationResult, type LambdaInvoker } from '../../src/lambda/index.ts';
import { invokerOf } from './invoker-of.ts';

export interface ScriptedInvoker extends LambdaInvoker {
  /** Invocations that have not ended. */
  readonly running: number;
  readonly calls: number;
}

/**
 * An invoker whose functions do what their name says, for protocol tests that need hundreds of thousands of
 * invocations: `echo` (the payload, or null), `late` (a turn later), `slow` (2 ms), `fails`, `throws`, `hangs` (until aborted).
 */
export function scriptedInvoker(): ScriptedInvoker {
  let running = 0;
  let calls = 0;
  const invoke = async (invocation: Invocation, signal?: AbortSignal): Promise<InvocationResult> => {
    running++;
    calls++;
    try {
      return await act(invocation, signal);
    } finally {
      running--;
    }
  };
  return {
    ...invokerOf(invoke),
    get running() {
      return running;
    },
    get calls() {
      return calls;
    },
  };
}

async function act(invocation: Invocation, signal: AbortSignal | undefined): Promise<InvocationResult> {
  const result = { status: 200, payload: invocation.payload ?? Buffer.from('null'), attempts: 1, requestId: 'r' };
  switch (invocation.functionName) {
    case 'late':
      await nextTurn();
      return result;
    case 'slow':
      await sleep(2);
      return result;
    case 'fails':
      return { ...result, functionError: 'Unhandled' };
    case 'throws':
      throw new InvocationError('service-error', { message: 'denied', statusCode: 403, mayHaveRun: false });
    case 'hangs':
      return new Promise((_, reject) => {
        const abort = () => reject(new InvocationError('aborted', { message: 'aborted' }));
        if (signal?.aborted) abort();
        signal?.addEventListener('abort', abort, { once: true });
      });
    default:
      return result;
  }
}
