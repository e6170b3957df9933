import { FAILURE_KINDS, failureKinds } from '../../src/observability/index.ts';

/** The table in docs/reference/logs.md with the cause and the remedy for each kind. */
export function kindsTable(): string {
  const rows = FAILURE_KINDS.map((kind) => {
    const { cause, remedy } = failureKinds[kind];
    return `| \`${kind}\` | ${cause} | ${remedy} |`;
  });
  return `| Kind | Cause | What to do |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}
