import type { Transaction } from '../policy/index.ts';
import type { Effect } from './exchange/index.ts';

/** How a stream ended. */
export type Ending = Extract<Effect, { kind: 'closed' }>['why'];

/** What became of a request, for the log line `decision`. */
interface Decided {
  readonly why: Ending;
  /** Of an answer of the sidecar's own. */
  readonly status: number | undefined;
  /** It began to arrive: a later failure is not a refusal. */
  readonly isStreamed: boolean;
}

/** A hostile function may answer with any number of headers. */
const MAX_NAMES = 100;

/** One line for each request, with names and no values. Those of requests that failed are always logged. */
export function logDecision(transaction: Transaction, decided: Decided): void {
  const { runtime, errorKey, identity, policies, steps, request, response } = transaction;
  if (!runtime.logging.decisions) return;
  const hasFailed = errorKey !== undefined || decided.why === 'failed' || decided.why === 'violation';
  if (!hasFailed && !transaction.isSampled) return;
  const decision = decisionOf(decided, errorKey);
  const { requestId, traceId, route } = identity;
  const isForwarded = decision === 'forwarded';
  runtime.logger.info(
    {
      requestId,
      traceId,
      route,
      api: policies.name,
      decision,
      key: errorKey,
      status: decided.status,
      ran: steps?.ran,
      skipped: steps?.skipped,
      requestHeaders: isForwarded ? changedIn(request) : undefined,
      responseHeaders: isForwarded || decision === 'answered' ? changedIn(response) : undefined,
    },
    'decision',
  );
}

function decisionOf({ why, isStreamed }: Decided, errorKey: string | undefined) {
  if (why === 'completed') return 'forwarded';
  if (isStreamed) return 'answered';
  if (why === 'immediate') return errorKey === undefined ? 'answered' : 'refused';
  return 'ended';
}

function changedIn(message: Transaction['request'] | Transaction['response']): readonly string[] | undefined {
  return message?.headers
    .changes()
    .slice(0, MAX_NAMES)
    .map(({ name }) => name);
}
