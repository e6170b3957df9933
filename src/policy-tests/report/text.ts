import { formatProblem } from '../../config/index.ts';
import { printable, printableLine } from '../../printable.ts';
import type { CoverageReport } from '../coverage.ts';
import { hasPassed, type TestResult } from '../run-test.ts';
import type { FileReport } from '../run-test-file.ts';
import { summaryOf, type TestReport } from './test-report.ts';
import { whatHappened } from './what-happened.ts';

/** For readers: what failed and why, the totals, and what no test covered. */
export function textReport(report: TestReport): string {
  const { passed, total } = summaryOf(report);
  const broken = report.files.filter(({ problems }) => problems.length > 0);
  const lines = [
    ...report.files.flatMap(fileLines),
    `${passed} of ${count(total, 'test')} passed${broken.length === 0 ? '' : `; ${count(broken.length, 'file')} could not be used`}`,
    ...[...report.coverage].flatMap(([document, coverage]) => coverageLines(document, coverage)),
  ];
  return printable(`${lines.join('\n')}\n`);
}

function fileLines({ file, problems, results }: FileReport): readonly string[] {
  return [
    ...problems.map(formatProblem),
    ...results.filter((result) => !hasPassed(result)).flatMap((result) => failureLines(file, result)),
  ];
}

function failureLines(file: string, result: TestResult): readonly string[] {
  return [
    printableLine(`FAIL ${file}:${result.line}:${result.column} ${result.name}`),
    ...explanation(file, result).map((line) => `  ${line}`),
    '',
  ];
}

/** Why a test failed: what differs, and what happened. */
export function explanation(file: string, { problem, mismatches, run }: TestResult): readonly string[] {
  return [
    ...(problem === undefined ? [] : [problem]),
    ...mismatches.flatMap(({ label, line, column, expected, actual }) => [
      printableLine(`${label} (${file}:${line}:${column})`),
      `  expected ${expected}`,
      `  got      ${actual}`,
    ]),
    ...(run === undefined || problem !== undefined
      ? []
      : ['what happened:', ...whatHappened(run).map((line) => `  ${line}`)]),
  ];
}

/** APIs without a test have one line together: a test of one API says nothing about the others of its document. */
function coverageLines(document: string, { covered, total, missed, untested }: CoverageReport): readonly string[] {
  const percent = total === 0 ? 100 : Math.floor((covered / total) * 100);
  const partial = missed.filter(({ api }) => api === undefined || !untested.includes(api));
  return [
    `coverage of ${document}: ${covered} of ${total} outcomes (${percent} %)`,
    ...partial.map(({ line, column, path, step, missing }) => {
      return `  ${document}:${line}:${column} ${path}${step === undefined ? '' : ` (${step})`}: ${missing}`;
    }),
    ...(untested.length === 0 ? [] : [`  ${count(untested.length, 'API')} without a test: ${named(untested)}`]),
  ].map(printableLine);
}

const MOST_NAMES = 20;

function named(names: readonly string[]): string {
  const left = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (left > 0 ? ` and ${left} more` : '');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
