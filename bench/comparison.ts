import { join } from 'node:path';
import type { BenchArguments } from './arguments.ts';
import { type BenchCase, benchCases } from './cases.ts';
import { type Cold, type Measured, measureGroup, type Plan, type Round } from './measure/group.ts';
import { median, quantile, type Summary, summary } from './measure/statistics.ts';
import { startBenchEnvironment } from './parts/environment.ts';
import type { GoPrograms } from './parts/go.ts';
import { prepareOwn } from './prepare.ts';
import { buildRevision } from './revision.ts';
import { ownSubject } from './subjects/own.ts';
import type { Subject } from './subjects/subject.ts';

/** One figure of one case for both revisions. */
export interface ComparisonRow {
  readonly figure: string;
  /** Medians of the rounds. */
  readonly here: number;
  readonly there: number;
  /** Ratio of `here` to `there`, computed round by round. */
  readonly ratio: Summary;
}

export interface CaseComparison {
  readonly benchCase: BenchCase;
  readonly rows: readonly ComparisonRow[];
  readonly failed: number;
  /** Why the other revision cannot do the case; there are no rows then. */
  readonly skipped?: string;
}

export interface Comparison {
  readonly commit: string;
  readonly cases: readonly CaseComparison[];
  readonly loadLanguage: 'Go' | 'Node';
  readonly mockLanguage: 'Go' | 'Node';
}

const root = join(import.meta.dirname, '..');

/** Two processes of the same program differ more than two rounds of one, so several pairs are started. */
const fullPlan: Plan = {
  coldSeconds: 2,
  blocks: 5,
  rounds: 8,
  roundSeconds: 1,
  sliceSeconds: 0.1,
  warmRequests: 25_000,
  warmSeconds: 20,
  furtherRounds: 0,
};
const quickPlan: Plan = { ...fullPlan, blocks: 3, rounds: 4 };

/** Compares the build of this checkout with a revision, with one worker each. */
export async function compare(
  revision: string,
  { cases, quick, gracefulClose }: BenchArguments,
  go: GoPrograms | undefined,
  progress: (text: string) => void,
): Promise<Comparison> {
  progress(`building ${revision}`);
  const { commit, path } = await buildRevision(revision);
  const environment = await startBenchEnvironment({
    go,
    gracefulClose,
    progress,
    subjects: (context) => [
      ownSubject({ name: 'here', title: 'this checkout', checkout: root, workers: 1 }, context),
      ownSubject({ name: 'there', title: commit, checkout: path, workers: 1 }, context),
    ],
  });
  try {
    await prepareOwn(environment.subjects, progress);
    const results: CaseComparison[] = [];
    for (const benchCase of cases ?? benchCases.filter(({ compared }) => compared === true)) {
      const skipped = await reasonToSkip(environment.subjects[1], benchCase);
      if (skipped !== undefined) {
        results.push({ benchCase, rows: [], failed: 0, skipped });
        continue;
      }
      const members = environment.subjects.map((subject) => ({ subject, benchCase, cold: true }));
      const [here, there] = await measureGroup(members, quick ? quickPlan : fullPlan, environment);
      if (here !== undefined && there !== undefined) results.push(compareCase(benchCase, here, there));
    }
    return {
      commit,
      cases: results,
      loadLanguage: environment.load.language,
      mockLanguage: environment.mockLanguage,
    };
  } finally {
    await environment.stop();
  }
}

/** An older revision may not support the configuration of a case. */
async function reasonToSkip(there: Subject | undefined, benchCase: BenchCase): Promise<string | undefined> {
  try {
    await (await there?.start(benchCase))?.stop();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const roundFigures: readonly (readonly [string, (round: Round) => number])[] = [
  ['CPU, µs', ({ serverMicros }) => serverMicros],
  ['requests/s', ({ perSecond }) => perSecond],
  ['p50, ms', ({ times }) => quantile(times, 0.5)],
  ['p99, ms', ({ times }) => quantile(times, 0.99)],
  ['RSS, MiB', ({ rssMiB }) => rssMiB],
  ['Envoy CPU, µs', ({ envoyMicros }) => envoyMicros],
  // If a change does not affect Envoy's work, this ratio removes the effect of whatever slowed the whole machine down.
  ['CPU by Envoy CPU', ({ serverMicros, envoyMicros }) => serverMicros / envoyMicros],
];

const coldFigures: readonly (readonly [string, (cold: Cold) => number])[] = [
  ['first request, ms', ({ firstMs }) => firstMs],
  ['CPU of the first 2 s, µs', ({ first }) => first.serverMicros],
  ['CPU of the next 2 s, µs', ({ next }) => next.serverMicros],
];

/** Exported for its test. */
export function compareCase(benchCase: BenchCase, here: Measured, there: Measured): CaseComparison {
  const connections = benchCase.connections[0] ?? 1;
  const rounds = [here, there].map(({ rounds }) => rounds.get(connections) ?? []);
  const [own = [], others = []] = rounds;
  const rows = [
    ...roundFigures.map(([figure, of]) => row(figure, own.map(of), others.map(of))),
    ...coldFigures.map(([figure, of]) => row(figure, here.cold.map(of), there.cold.map(of))),
  ];
  const all = [
    ...rounds.flat(),
    ...[here, there].flatMap(({ cold }) => cold.flatMap(({ first, next }) => [first, next])),
  ];
  return { benchCase, rows, failed: all.reduce((sum, { failures }) => sum + failures, 0) };
}

function row(figure: string, here: readonly number[], there: readonly number[]): ComparisonRow {
  const ratios = here.map((value, index) => value / (there[index] ?? Number.NaN));
  return { figure, here: median(here), there: median(there), ratio: summary(ratios) };
}

export function renderComparison({ commit, cases, loadLanguage, mockLanguage }: Comparison): string {
  const lines = [
    `This checkout against ${commit}: medians, and the ratio of neighbouring rounds with its middle half.`,
    `Load from ${loadLanguage}, Lambda and backend in ${mockLanguage}.`,
  ];
  for (const { benchCase, rows, failed, skipped } of cases) {
    if (skipped !== undefined) {
      lines.push('', `${benchCase.name}: left out, ${commit} cannot do it: ${skipped}`);
      continue;
    }
    lines.push(
      '',
      `${benchCase.name}: ${benchCase.title}; ${benchCase.connections[0]} connections, ${failed} failed`,
      '',
    );
    lines.push('| figure | here | there | here / there | middle half | rounds |', '|---|--:|--:|--:|--:|--:|');
    for (const { figure, here, there, ratio } of rows) {
      const spread = `${ratio.low.toFixed(3)}–${ratio.high.toFixed(3)}`;
      lines.push(
        `| ${figure} | ${figureText(here)} | ${figureText(there)} | ${ratio.median.toFixed(3)} | ${spread} | ${ratio.count} |`,
      );
    }
  }
  return lines.join('\n');
}

function figureText(value: number): string {
  return value >= 1000 ? String(Math.round(value)) : value.toPrecision(3);
}
