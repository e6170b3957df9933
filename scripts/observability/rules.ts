import { stringify } from 'yaml';
import { alerts } from './alerts.ts';
import { recordings } from './objectives.ts';

/** Where the runbook is in this project; the chart can put an address in its place. */
export const RUNBOOK = 'docs/guides/runbook.md';

const HEAD = [
  "Rules for Prometheus, as a file of `rule_files` or inside of the chart's PrometheusRule. Made by `npm run generate`: change",
  'scripts/observability instead. docs/guides/operate.md tells how to use them, docs/guides/runbook.md what to do.',
];

/** deploy/prometheus/rules.yaml. */
export function rulesText(): string {
  const groups = [
    { name: 'lambda-ext-proc-objectives', rules: recordings() },
    { name: 'lambda-ext-proc', rules: alerts().map(rule) },
  ];
  const comment = HEAD.map((line) => `# ${line}\n`).join('');
  return comment + stringify({ groups }, { lineWidth: 0 });
}

function rule(alert: ReturnType<typeof alerts>[number]): object {
  return {
    alert: alert.name,
    expr: alert.expr,
    ...(alert.for !== undefined && { for: alert.for }),
    labels: { severity: alert.severity, ...(alert.part !== undefined && { part: alert.part }) },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      // The anchor that GitHub makes of the section's heading.
      runbook_url: `${RUNBOOK}#${alert.name.toLowerCase()}`,
    },
  };
}
