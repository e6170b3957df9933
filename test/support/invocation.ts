import { type Invocation, InvocationError, type LambdaInvoker } from '../../src/lambda/index.ts';

export const accessKey = 'AKIDEXAMPLE';
export const secretKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
export const secrets: ReadonlyMap<string, string> = new Map([[accessKey, secretKey]]);

const credentials = Object.freeze({ accessKey, secretKey });
const transport = Object.freeze({ connectionTimeoutMs: 2000, readTimeoutMs: 5000 });

/** A call of `f` with static keys and one attempt, but for what is given. */
export function invocation(overrides: Partial<Invocation> = {}): Invocation {
  return {
    functionName: 'f',
    region: 'us-east-1',
    payload: Buffer.from('{"key":"value"}'),
    invocationType: 'RequestResponse',
    logType: 'None',
    credentials,
    transport,
    retry: { maxAttempts: 1, idempotent: false },
    ...overrides,
  };
}

/** The error of a call that must fail with an InvocationError. */
export async function failureOf(
  invoker: LambdaInvoker,
  call: Invocation,
  signal?: AbortSignal,
): Promise<InvocationError> {
  try {
    await invoker.invoke(call, signal);
  } catch (error) {
    if (error instanceof InvocationError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}
