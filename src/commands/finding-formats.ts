import { relative, resolve } from 'node:path';
import { formatProblem } from '../config/index.ts';
import { printableLine } from '../printable.ts';
import type { Finding, Place } from './findings.ts';

/** The result of `check`, to be printed. */
export interface CheckResult {
  readonly files: readonly CheckedFile[];
  readonly findings: readonly Finding[];
  /** Lines that are not findings: AWS's answers about functions (`--live`), the memory of streamed answers. */
  readonly notes: readonly string[];
  /** Warnings fail too. */
  readonly strict: boolean;
  readonly passed: boolean;
}

export interface CheckedFile {
  readonly file: string;
  readonly kind: 'policies' | 'envoy';
  /** False: it is not checked until the policies have no errors. */
  readonly checked: boolean;
}

type Format = (result: CheckResult, env: Readonly<Record<string, string | undefined>>) => string;

export const FINDING_FORMATS = { text: formatText, json: formatJson, github: formatGithub } as const satisfies Record<
  string,
  Format
>;

/** Places after the first one that are printed. */
const TOLD_PLACES = 5;

/** One line for each finding, as compilers print them, and the totals. */
function formatText(result: CheckResult): string {
  const lines = result.findings.flatMap((finding) => {
    const [first, ...others] = finding.places;
    const told = others.slice(0, TOLD_PLACES).map((place) => `    also at ${placeText(place)}`);
    const left = finding.count - 1 - told.length;
    return [
      formatProblem({ ...finding, ...first }),
      ...told,
      ...(left > 0 ? [`    and in ${count(left, 'more place')}`] : []),
    ];
  });
  return [...lines, ...[...result.notes, sum(result)].map(printableLine), ''].join('\n');
}

function placeText({ line, column, path, subject, about }: Place): string {
  const place = `${line}:${column} ${subject ?? path}`.trimEnd();
  return printableLine(about === undefined ? place : `${place} (${about})`);
}

function sum({ files, findings, notes, strict, passed }: CheckResult): string {
  const names = files.map(({ file }) => file).join(' and ');
  const errors = total(findings, 'error');
  const warnings = total(findings, 'warning');
  const policies = files.find(({ kind }) => kind === 'policies')?.file;
  const waiting = files.filter(({ checked }) => !checked).map(({ file }) => file);
  const unchecked = waiting.length === 0 ? '' : `; ${waiting.join(' and ')} is checked once ${policies} has no errors`;
  const why = strict && !passed && errors === 0 ? '; with --strict warnings fail' : '';
  const noted = notes.length === 0 ? '' : `, ${count(notes.length, 'note')}`;
  return `${names}: ${count(errors, 'error')}, ${count(warnings, 'warning')}${noted}${why}${unchecked}`;
}

/** The shape is that of docs/reference/check.md; fields may be added to it. */
function formatJson({ files, findings, notes, passed, strict }: CheckResult): string {
  const document = {
    version: 1,
    passed,
    strict,
    errors: total(findings, 'error'),
    warnings: total(findings, 'warning'),
    files: files.map(({ file, kind, checked }) => ({ file, kind, checked })),
    findings: findings.map(({ severity, file, message, places, count }) => {
      const { line, column, path, subject = null } = places[0];
      return { severity, file, line, column, path, subject, message, count, places: places.map(shown) };
    }),
    notes,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function shown({ line, column, path, subject, about }: Place) {
  return { line, column, path, subject: subject ?? null, about: about ?? null };
}

/**
 * Workflow commands of GitHub Actions, which shows them next to the lines of a pull request. File names are relative to
 * the repository if `GITHUB_WORKSPACE` names its directory.
 */
function formatGithub(result: CheckResult, env: Readonly<Record<string, string | undefined>>): string {
  const lines = result.findings.map(({ severity, file, message, places: [first, ...others], count: all }) => {
    const properties = {
      file: inWorkspace(file, env.GITHUB_WORKSPACE),
      line: first.line,
      col: first.column,
      title: first.subject ?? first.path,
    };
    const told = Object.entries(properties).filter(([, value]) => value !== '');
    const list = told.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
    const also = others.slice(0, TOLD_PLACES).map(placeText);
    if (all - 1 > also.length) also.push(count(all - 1 - also.length, 'more place'));
    const text = also.length === 0 ? message : `${message}\nalso at ${also.join(', ')}`;
    return `::${severity} ${list}::${escapeData(text)}`;
  });
  return [...lines, ...[...result.notes, sum(result)].map(printableLine), ''].join('\n');
}

function inWorkspace(file: string, workspace: string | undefined): string {
  if (!workspace || file === STDIN_NAME) return file;
  const path = relative(workspace, resolve(file));
  return path.startsWith('..') ? file : path;
}

/** The name of the standard input in findings. */
export const STDIN_NAME = '<stdin>';

/** As @actions/core escapes them. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function total(findings: readonly Finding[], severity: Finding['severity']): number {
  return findings.reduce((sum, finding) => sum + (finding.severity === severity ? finding.count : 0), 0);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
