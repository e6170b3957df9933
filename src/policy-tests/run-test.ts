import { type DocumentPath, formatPath, type Position } from '../config/index.ts';
import type { PolicySet } from '../policy/index.ts';
import { type RecordedRun, runTrial } from '../trial/index.ts';
import type { NoAnswerError } from './given-functions.ts';
import { type Mismatch, mismatchesOf } from './mismatches.ts';
import type { PolicyTest, TestFile } from './test-file.ts';
import { trialOf } from './trial-of.ts';

/** An expectation that was not met, and where it is written. */
export interface PlacedMismatch extends Mismatch, Position {
  /** In the test, with what is within: `expect.calls.0.payload.customer`. */
  readonly label: string;
}

export interface TestResult extends Position {
  readonly name: string;
  /** Why the test could not be run as written; undefined: it could. */
  readonly problem: string | undefined;
  readonly mismatches: readonly PlacedMismatch[];
  /** Undefined where the policies gave no answer at all. */
  readonly run: RecordedRun | undefined;
  readonly milliseconds: number;
}

export function hasPassed({ problem, mismatches }: TestResult): boolean {
  return problem === undefined && mismatches.length === 0;
}

/** One test, through the real policies. Does not reject. */
export async function runTest(test: PolicyTest, file: TestFile, set: PolicySet, version: string): Promise<TestResult> {
  const { document } = test;
  const started = performance.now();
  let problem: string | undefined;
  let run: RecordedRun | undefined;
  try {
    const onMissing = ({ message, remedy }: NoAnswerError): void => {
      problem ??= message + remedy;
    };
    run = await runTrial(trialOf({ set, document, envoy: file.document.envoy, version, onMissing }));
  } catch (error) {
    problem ??= error instanceof Error ? error.message : String(error);
  }
  const mismatches = run === undefined || problem !== undefined ? [] : mismatchesOf(document.expect, run);
  return {
    name: test.name,
    ...file.locate(test.path),
    problem,
    mismatches: mismatches.map((mismatch) => placed(mismatch, test, file)),
    run,
    milliseconds: performance.now() - started,
  };
}

function placed(mismatch: Mismatch, { path }: PolicyTest, file: TestFile): PlacedMismatch {
  const { at } = mismatch;
  const own: DocumentPath = mismatch.path;
  return { ...mismatch, label: `${formatPath(own.slice(1))}${at}`, ...file.locate([...path, ...own], 'key') };
}
