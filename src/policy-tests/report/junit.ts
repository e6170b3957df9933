import { formatProblem } from '../../config/index.ts';
import { hasPassed, type TestResult } from '../run-test.ts';
import type { FileReport } from '../run-test-file.ts';
import { summaryOf, type TestReport } from './test-report.ts';
import { explanation } from './text.ts';

/** As CI systems read results: https://github.com/testmoapp/junitxml. A file that could not be used is a test with an error. */
export function junitReport(report: TestReport): string {
  const { passed, total } = summaryOf(report);
  const broken = report.files.filter(({ problems }) => problems.length > 0).length;
  const counts = `tests="${total + broken}" failures="${total - passed}" errors="${broken}"`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="lambda-ext-proc" ${counts}>`,
    ...report.files.flatMap(suiteLines),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function suiteLines({ file, problems, results }: FileReport): readonly string[] {
  const failed = results.filter((result) => !hasPassed(result)).length;
  const errors = problems.length > 0 ? 1 : 0;
  const seconds = secondsOf(results.reduce((sum, { milliseconds }) => sum + milliseconds, 0));
  return [
    `  <testsuite name="${escaped(file)}" tests="${results.length + errors}" failures="${failed}" errors="${errors}" time="${seconds}">`,
    ...(errors === 0 ? [] : brokenLines(file, problems.map(formatProblem).join('\n'))),
    ...results.flatMap((result) => caseLines(file, result)),
    '  </testsuite>',
  ];
}

function brokenLines(file: string, text: string): readonly string[] {
  return [
    `    <testcase classname="${escaped(file)}" name="the file can be used" time="0">`,
    `      <error message="the file cannot be used">${escaped(text)}</error>`,
    '    </testcase>',
  ];
}

function caseLines(file: string, result: TestResult): readonly string[] {
  const { name, line, problem, mismatches, milliseconds } = result;
  const begin = `    <testcase classname="${escaped(file)}" name="${escaped(name)}" file="${escaped(file)}" line="${line}" time="${secondsOf(milliseconds)}"`;
  if (hasPassed(result)) return [`${begin}/>`];
  const message = problem ?? mismatches.map(({ label }) => label).join(', ');
  return [
    `${begin}>`,
    `      <failure message="${escaped(message)}">${escaped(explanation(file, result).join('\n'))}</failure>`,
    '    </testcase>',
  ];
}

function secondsOf(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no place for these
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
]);

function escaped(text: string): string {
  const clean = text.toWellFormed().replaceAll(FORBIDDEN, '\ufffd');
  return clean.replaceAll(/[&<>"]/g, (character) => ENTITIES.get(character) ?? '');
}
