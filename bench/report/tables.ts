import type { CaseResult, FullResult } from '../full.ts';
import type { Cold, Measured, Round } from '../measure/group.ts';
import { median, merge, quantile, summary } from '../measure/statistics.ts';
import { figure, markdownTable, ratio } from './text.ts';

/** All cases as Markdown. */
export function renderFull({ cases, gracefulClose, loadLanguage, mockLanguage }: FullResult): string {
  const setUp =
    `One Envoy for all, with \`ext_proc_graceful_grpc_close\` ${gracefulClose ? 'on' : 'off'}; load from ${loadLanguage}, ` +
    `Lambda and backend in ${mockLanguage}.`;
  const parts = cases.map((result) =>
    [`### ${heading(result)}`, ...warmTables(result), coldTable(result)].join('\n\n'),
  );
  return [setUp, ...parts].join('\n\n');
}

function heading({ benchCase }: CaseResult): string {
  return benchCase.title.charAt(0).toUpperCase() + benchCase.title.slice(1);
}

function warmTables(result: CaseResult): readonly string[] {
  return result.benchCase.connections.flatMap((connections) => {
    const rows = result.measured.flatMap((measured) => {
      const rounds = measured.rounds.get(connections);
      return rounds === undefined ? [] : [warmRow(measured, rounds, connections, result)];
    });
    if (rows.length === 0) return [];
    const [first] = result.measured;
    const count = first?.rounds.get(connections)?.length ?? 0;
    const head = [
      'subject',
      'requests/s',
      'p50 ms',
      'p99 ms',
      'p99.9 ms',
      'CPU µs',
      '× floor',
      '× Go',
      'Envoy µs',
      'RSS MiB',
      'failed',
    ];
    return [
      `Warm, ${connections} connection${connections === 1 ? '' : 's'}, ${count} rounds:`,
      markdownTable(head, rows),
    ];
  });
}

function warmRow(
  { member }: Measured,
  rounds: readonly Round[],
  connections: number,
  { measured, reference, benchCase }: CaseResult,
): readonly string[] {
  const times = merge(rounds.map((round) => round.times));
  const cpu = summary(rounds.map(({ serverMicros }) => serverMicros));
  const go = measured.find(({ member }) => member.subject.name === 'go')?.rounds.get(connections);
  const floor =
    reference.rounds.get(connections) ??
    (connections === benchCase.connections[0] ? [...reference.rounds.values()][0] : undefined);
  return [
    member.subject.title,
    figure(median(rounds.map(({ perSecond }) => perSecond))),
    ...[0.5, 0.99, 0.999].map((share) => figure(quantile(times, share))),
    Number.isFinite(cpu.median) ? `${figure(cpu.median)} (${figure(cpu.low)}–${figure(cpu.high)})` : '–',
    ratio(pairwise(rounds, floor)),
    ratio(pairwise(rounds, go)),
    figure(median(rounds.map(({ envoyMicros }) => envoyMicros))),
    memory(rounds),
    failures(rounds),
  ];
}

/** The median of the ratios of alternating rounds. */
function pairwise(rounds: readonly Round[], others: readonly Round[] | undefined): number {
  if (others === undefined) return Number.NaN;
  return median(rounds.map(({ serverMicros }, index) => serverMicros / (others[index]?.serverMicros ?? Number.NaN)));
}

/** Memory of all processes, and of the largest one if there are several. */
function memory(rounds: readonly Round[]): string {
  const all = Math.max(...rounds.map(({ rssMiB }) => rssMiB));
  const largest = Math.max(...rounds.map(({ largestMiB }) => largestMiB));
  if (!Number.isFinite(all)) return '–';
  return largest < all - 1 ? `${figure(all)} (${figure(largest)})` : figure(all);
}

function failures(rounds: readonly Round[]): string {
  const failed = rounds.reduce((sum, round) => sum + round.failures, 0);
  const requests = rounds.reduce((sum, round) => sum + round.requests, 0);
  return `${failed} of ${requests.toLocaleString('en-US')}`;
}

function coldTable({ measured, reference }: CaseResult): string {
  const head = [
    'cold',
    'first request ms',
    'CPU µs, first 2 s',
    '× floor',
    'CPU µs, next 2 s',
    'p99 ms, first 2 s',
    'p99 ms, next 2 s',
    'failed',
  ];
  const rows = measured.flatMap(({ member, cold }) => {
    if (cold.length === 0) return [];
    const of = (figureOf: (one: Cold) => number) => median(cold.map(figureOf));
    const ratios = cold.map(
      ({ first }, index) => first.serverMicros / (reference.cold[index]?.first.serverMicros ?? Number.NaN),
    );
    const cells = [
      member.subject.title,
      figure(of(({ firstMs }) => firstMs)),
      figure(of(({ first }) => first.serverMicros)),
      ratio(median(ratios)),
      figure(of(({ next }) => next.serverMicros)),
      figure(of(({ first }) => quantile(first.times, 0.99))),
      figure(of(({ next }) => quantile(next.times, 0.99))),
      failures(cold.flatMap(({ first, next }) => [first, next])),
    ];
    return [cells];
  });
  return markdownTable(head, rows);
}
