import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { deploy } from './deploy.ts';

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: { readonly severity?: string };
  readonly annotations?: Readonly<Record<'summary' | 'description' | 'runbook_url', string>>;
}

/** deploy/prometheus/rules.yaml. */
export function ruleGroups(): readonly { readonly name: string; readonly rules: readonly Rule[] }[] {
  return parse(readFileSync(join(deploy, 'prometheus/rules.yaml'), 'utf8')).groups;
}

/** Each expression of deploy/grafana/dashboard.json with the title of its panel. */
export function dashboardQueries(): readonly { readonly title: string; readonly expr: string }[] {
  const { panels, annotations } = JSON.parse(readFileSync(join(deploy, 'grafana/dashboard.json'), 'utf8')) as {
    readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
    readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
  };
  return [
    ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr }))),
    ...annotations.list.map(({ name, expr }) => ({ title: name, expr })),
  ];
}
