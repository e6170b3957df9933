import type { TraceSpan, Tracing } from '../../tracing/index.ts';

/** A call of STS: for a request that waits for it, or for none, and then a trace of its own. Undefined where traces are off. */
export function assumeRoleSpan(
  roleArn: string,
  region: string,
  span: TraceSpan | undefined,
  tracing: Tracing | undefined,
): TraceSpan | undefined {
  const name = 'STS.AssumeRole';
  const own = span === undefined ? tracing?.begin(name, 'client', undefined) : span.child(name, 'client');
  if (own?.isRecorded !== true) return own;
  own.set('rpc.system.name', 'aws-api');
  own.set('rpc.method', 'STS/AssumeRole');
  own.set('cloud.region', region);
  own.set('lambda_ext_proc.role', roleArn);
  return own;
}

/** The default chain asks its sources for credentials. */
export function chainSpan(span: TraceSpan | undefined): TraceSpan | undefined {
  return span?.child('default credential chain', 'internal');
}

/** Runs the work, and ends the span with it. */
export async function inSpan<T>(span: TraceSpan | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    span?.fail(error instanceof Error ? error.name : '_OTHER');
    throw error;
  } finally {
    span?.end();
  }
}
