import { hasPassed, type TestResult } from '../run-test.ts';
import { summaryOf, type TestReport } from './test-report.ts';
import { whatHappened } from './what-happened.ts';

/** For programs. */
export function jsonReport(report: TestReport): string {
  const { passed, total } = summaryOf(report);
  const document = {
    passed,
    failed: total - passed,
    files: report.files.map(({ file, problems, results }) => ({ file, problems, tests: results.map(testOf) })),
    coverage: [...report.coverage].map(([file, { covered, total: all, missed }]) => ({
      file,
      covered,
      total: all,
      missed: missed.map(({ path, line, column, step, missing }) => ({ path, line, column, step, missing })),
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function testOf(result: TestResult): object {
  const { name, line, column, problem, mismatches, run, milliseconds } = result;
  const passed = hasPassed(result);
  return {
    name,
    line,
    column,
    passed,
    milliseconds: Math.round(milliseconds * 100) / 100,
    problem,
    differences: mismatches.map(({ label, line: at, column: in_, expected, actual }) => {
      return { path: label, line: at, column: in_, expected, actual };
    }),
    ...(passed || run === undefined ? {} : { happened: whatHappened(run) }),
  };
}
