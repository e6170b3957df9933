import type { InvocationError, LambdaInvoker } from '../../src/lambda/index.ts';
import type { Invocation } from '../../src/lambda/types.ts';

export interface SteadyCallers {
  readonly callers: number;
  readonly pauseMs: number;
  readonly seconds: number;
}

export interface CallRecord {
  calls: number;
  /** `seconds since the start: what went wrong`, the first hundred. */
  readonly failures: string[];
  /** Longest call, in milliseconds. */
  slowest: number;
}

/** Calls one function again and again for a while, by callers that rest in between. */
export async function callSteadily(
  invoker: LambdaInvoker,
  invocation: Invocation,
  { callers, pauseMs, seconds }: SteadyCallers,
): Promise<CallRecord> {
  const start = performance.now();
  const record: CallRecord = { calls: 0, failures: [], slowest: 0 };
  const call = async (): Promise<void> => {
    const began = performance.now();
    record.calls++;
    try {
      const { status, functionError } = await invoker.invoke(invocation);
      if (status !== 200 || functionError !== undefined) throw new Error(`${status} ${functionError}`);
    } catch (error) {
      const { kind, message } = error as Partial<InvocationError>;
      record.failures.push(`${((began - start) / 1000).toFixed(2)} s: ${kind} ${message}`);
    }
    record.slowest = Math.max(record.slowest, performance.now() - began);
  };
  const run = async (): Promise<void> => {
    while (performance.now() - start < seconds * 1000 && record.failures.length < 100) {
      await call();
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  await Promise.all(Array.from({ length: callers }, run));
  return record;
}
