import type { Problem, Source } from '../config/index.ts';
import { type Invocation, InvocationError, type ProcessInvoker } from '../lambda/index.ts';
import { fixedInvocation, type PolicySet } from '../policy/index.ts';
import { liveVerdict } from './live-verdict.ts';
import { type Place, stepsOf } from './step-places.ts';

/** What AWS said of the functions of a document. */
export interface LiveCheck {
  readonly problems: readonly Problem[];
  /** A line for each function that may be invoked, and for each step that could not be asked about. */
  readonly notes: readonly string[];
}

export interface LiveCheckOptions {
  readonly set: PolicySet;
  readonly invoker: Pick<ProcessInvoker, 'invoke' | 'credentialStatus'>;
  readonly fileName: string;
  /** The document as written: steps are reported with their places. */
  readonly source: Source;
  /** Milliseconds for all functions together. */
  readonly timeoutMs?: number;
}

const TOGETHER = 8;
const CALL_MS = 10_000;
const ALL_MS = 60_000;
const ATTEMPTS = 2;

/** A call, and the steps that make it. */
interface Asked {
  readonly invocation: Invocation;
  readonly places: Place[];
}

/**
 * Asks AWS whether each function that no request decides may be invoked, with the identity at hand: `DryRun`, which runs
 * nothing. What depends on a request is reported as not checked, and calls that `allow` does not allow are not checked.
 */
export async function checkLive(options: LiveCheckOptions): Promise<LiveCheck> {
  const problems: Problem[] = [];
  const notes: (Place & { readonly text: string })[] = [];
  const asked = new Map<string, Asked>();
  const { fileName } = options;
  const tell = (severity: Problem['severity'], places: readonly Place[], message: string): void => {
    for (const place of places) problems.push({ severity, file: fileName, message: `live: ${message}`, ...place });
  };
  const note = (place: Place, text: string): void => {
    notes.push({ ...place, text });
  };
  for (const { api, step, place } of stepsOf(options.set, options.source)) {
    const fixed = await fixedInvocation(api, step);
    if ('dependsOn' in fixed) {
      note(place, `not checked: ${fixed.dependsOn.join(', ')} depends on the request`);
      continue;
    }
    if ('failure' in fixed) {
      tell('error', [place], `there is no call: ${fixed.failure}`);
      continue;
    }
    const refusal = step.configuration.frame?.refusal(fixed.invocation);
    if (refusal !== undefined) {
      tell('error', [place], `not checked, and each request fails: ${refusal.reason}`);
      continue;
    }
    const key = keyOf(fixed.invocation);
    const known = asked.get(key);
    if (known === undefined) asked.set(key, { invocation: dryRun(fixed.invocation), places: [place] });
    else known.places.push(place);
  }
  const over = AbortSignal.timeout(options.timeoutMs ?? ALL_MS);
  await together([...asked.values()], async ({ invocation, places }) => {
    const identity = identityOf(options.invoker, invocation);
    const name = invocation.qualifier === undefined ? '' : ` (qualifier ${invocation.qualifier})`;
    const told = `${invocation.functionName}${name} in ${invocation.region}`;
    if (over.aborted) {
      tell('error', places, `${told} was not checked: the time for all functions is up`);
      return;
    }
    try {
      await options.invoker.invoke(invocation, over);
      for (const place of places) note(place, `${told} may be invoked by ${identity}`);
    } catch (error) {
      if (!(error instanceof InvocationError)) throw error;
      if (error.kind === 'aborted') {
        tell('error', places, `${told} did not answer before the time for all functions was up`);
        return;
      }
      const { severity, message } = liveVerdict(error, invocation, identity);
      tell(severity, places, message);
    }
  });
  const inOrder = (a: Place, b: Place): number => a.line - b.line || a.column - b.column;
  return {
    problems: problems.sort(inOrder),
    notes: notes
      .sort(inOrder)
      .map(({ line, column, path, text }) => `${fileName}:${line}:${column} ${path}: live: ${text}`),
  };
}

/** What the answer depends on: steps with the same key are checked once. */
function keyOf({ functionName, region, endpoint, qualifier, credentials, transport }: Invocation): string {
  return JSON.stringify([functionName, region, endpoint, qualifier, credentials, transport.ssl]);
}

/** The same call as a DryRun, which runs nothing, with its own time limit and outside of the step's limits. */
function dryRun(invocation: Invocation): Invocation {
  const { connectionTimeoutMs, readTimeoutMs, ssl } = invocation.transport;
  return {
    ...invocation,
    invocationType: 'DryRun',
    transport: { connectionTimeoutMs, readTimeoutMs, ssl, apiCallTimeoutMs: CALL_MS },
    retry: { maxAttempts: ATTEMPTS, idempotent: false },
  };
}

function identityOf(invoker: LiveCheckOptions['invoker'], { credentials, region }: Invocation): string {
  try {
    return invoker.credentialStatus(credentials, region).source;
  } catch {
    return 'the identity of this machine';
  }
}

/** Some at a time, each as soon as one before it is done. */
async function together<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(TOGETHER, items.length) }, worker));
}
