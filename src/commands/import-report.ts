import { formatProblem, type Problem } from '../config/index.ts';
import { DAMAGES, type ImportResult, type ReportEntry } from '../import/index.ts';

export interface WrittenImport {
  readonly result: ImportResult;
  readonly files: readonly string[];
  /** What `check` says of the files. */
  readonly problems: readonly Problem[];
}

/** For people: the files, and one table by damage, the worst first. */
export function importText(written: readonly WrittenImport[], failures: readonly string[]): string {
  const lines = written.flatMap(({ result, files, problems }) => {
    const { apis, steps, routes, closedRoutes, report } = result;
    const closed = closedRoutes === 0 ? '' : `; ${closedRoutes} of them closed`;
    return [
      ...files,
      `carried: ${steps} Lambda steps in ${apis} APIs, on ${routes} routes${closed}`,
      ...(report.length === 0 ? [] : ['', `${'damage'.padEnd(8)} what`, ...report.map(row), '', summary(report)]),
      ...problems.map(formatProblem),
    ];
  });
  return `${[...lines, ...failures.map((failure) => `not imported: ${failure}`)].join('\n')}\n`;
}

function row(entry: ReportEntry): string {
  const { damage, what, fields } = entry;
  const state = damage !== 'opened' ? '' : `${stateOf(entry)}: `;
  // A long list is in the text itself.
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

/** For machines: the same, one object. */
export function importJson(written: readonly WrittenImport[], failures: readonly string[]): string {
  const imports = written.map(({ result, files, problems }) => {
    const { name, apis, steps, routes, closedRoutes, report } = result;
    return { name, files, apis, steps, routes, closedRoutes, report, problems: problems.map(formatProblem) };
  });
  return `${JSON.stringify({ imports, failures }, undefined, 2)}\n`;
}
