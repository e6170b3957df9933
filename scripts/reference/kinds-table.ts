import { FAILURE_KINDS, failureKinds } from '../../src/observability/index.ts';

/** The table of docs/reference/logs.md from kind to cause to what to do. */
export function kindsTable(): string {
  const rows = FAILURE_KINDS.map((kind) => {
    const { cause, remedy } = failureKinds[kind];
    return `| \`${kind}\` | ${cause} | ${remedy} |`;
  });
  return `| Kind | Cause | What to do |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}
