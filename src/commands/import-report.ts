import { formatProblem, type Problem } from '../config/index.ts';
import { DAMAGES, type ImportResult, type ReportEntry } from '../import/index.ts';

export interface WrittenImport {
  readonly result: ImportResult;
  readonly files: readonly string[];
  /** Findings of `check` in the files. */
  readonly problems: readonly Problem[];
}

/** For readers: the files, and one table by damage, the worst first. */
export function importText(written: readonly WrittenImport[], failures: readonly string[]): string {
  const lines = written.flatMap(({ result, files, problems }) => {
    const { apis, steps, routes, closedRoutes, report } = result;
    const closed = closedRoutes === 0 ? '' : `; ${closedRoutes} of them closed`;
    return [
      ...files,
      `imported: ${count(steps, 'Lambda step')} in ${count(apis, 'API')}, on ${count(routes, 'route')}${closed}`,
      ...(report.length === 0 ? [] : ['', `${'damage'.padEnd(8)} what`, ...report.map(row), '', summary(report)]),
      ...problems.map(formatProblem),
    ];
  });
  return `${[...lines, ...failures.map((failure) => `not imported: ${failure}`)].join('\n')}\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function row(entry: ReportEntry): string {
  const { damage, what, fields } = entry;
  const state = damage !== 'opened' ? '' : `${stateOf(entry)}: `;
  // The text itself contains a long list.
  const places = fields.length === 0 || fields.length > 3 ? '' : ` [${fields.join(', ')}]`;
  return `${damage.padEnd(8)} ${state}${what}${places}`;
}

function stateOf({ closed, accept }: ReportEntry): string {
  return closed === true ? `CLOSED until --accept ${JSON.stringify(accept)}` : `OPEN, as accepted (${accept})`;
}

function summary(report: readonly ReportEntry[]): string {
  const counts = DAMAGES.map((damage) => `${report.filter((entry) => entry.damage === damage).length} ${damage}`);
  return counts.join(', ');
}

/** For programs: the same as one object. */
export function importJson(written: readonly WrittenImport[], failures: readonly string[]): string {
  const imports = written.map(({ result, files, problems }) => {
    const { name, apis, steps, routes, closedRoutes, report } = result;
    return { name, files, apis, steps, routes, closedRoutes, report, problems: problems.map(formatProblem) };
  });
  return `${JSON.stringify({ imports, failures }, undefined, 2)}\n`;
}
