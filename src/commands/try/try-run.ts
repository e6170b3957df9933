import type { LambdaInvoker } from '../../lambda/index.ts';
import { maskData, maskOf } from '../../observability/index.ts';
import type { PolicySet } from '../../policy/index.ts';
import { type TestFileDocument, trialOf } from '../../policy-tests/index.ts';
import { runTrial } from '../../trial/index.ts';
import { version } from '../version.ts';
import type { CaseDocument } from './case-document.ts';
import { chooseApi } from './choose-api.ts';
import { maskedValues } from './masked-values.ts';
import { type ShownRun, shownRun } from './shown-run.ts';

export interface TryOptions {
  readonly set: PolicySet;
  readonly given: CaseDocument;
  readonly envoy: TestFileDocument['envoy'];
  /** Who is called instead of the given functions. */
  readonly invoker: LambdaInvoker | undefined;
  /** Stand-ins and secrets that were read so far; asked after the run. */
  readonly secrets: () => Iterable<string>;
}

export interface TriedRun {
  /** Masked. */
  readonly run: ShownRun;
  /** A function was called for which nothing is given. Masked. */
  readonly missing: MissingAnswer | undefined;
}

export interface MissingAnswer {
  readonly functionName: string;
  readonly message: string;
}

/** One run with all its steps, without private data. Rejects with ApiChoiceError, and if the policies give no answer. */
export async function tryRun({ set, given, envoy, invoker, secrets }: TryOptions): Promise<TriedRun> {
  const policies = chooseApi(set, given);
  let missing: MissingAnswer | undefined;
  const trial = trialOf({
    set,
    document: { ...given, api: policies.name },
    envoy,
    version: version(),
    onMissing: ({ functionName, message }) => {
      missing ??= { functionName, message };
    },
  });
  const recorded = await runTrial(invoker === undefined ? trial : { ...trial, functions: { invoker } });
  const mask = maskOf([...secrets(), ...maskedValues(recorded, policies)]);
  const run = maskData(shownRun(recorded, trial.request, policies), mask) as ShownRun;
  return { run, missing: missing === undefined ? undefined : (maskData(missing, mask) as MissingAnswer) };
}
