import type { CoverageReport } from '../coverage.ts';
import { hasPassed } from '../run-test.ts';
import type { FileReport, TestRun } from '../run-test-file.ts';

/** All files of a command, and their coverage of each document. */
export interface TestReport {
  readonly files: readonly FileReport[];
  readonly coverage: ReadonlyMap<string, CoverageReport>;
}

export interface Summary {
  readonly passed: number;
  readonly total: number;
}

export function reportOf({ reports, coverage }: TestRun): TestReport {
  return { files: reports, coverage: new Map([...coverage].map(([file, seen]) => [file, seen.report])) };
}

export function summaryOf({ files }: TestReport): Summary {
  const results = files.flatMap((file) => file.results);
  return { passed: results.filter(hasPassed).length, total: results.length };
}

/** Every file could be used, and every test passed. */
export function isGood(report: TestReport): boolean {
  const { passed, total } = summaryOf(report);
  return passed === total && report.files.every(({ problems }) => problems.length === 0);
}
