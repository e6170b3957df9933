// Writes the pages of docs/reference about metrics and kinds of failures; tests compare the pages with it.
import { readFileSync, writeFileSync } from 'node:fs';
import { kindsTable } from './reference/kinds-table.ts';
import { metricsPage } from './reference/metrics-reference.ts';

const fileOf = (name: string): URL => new URL(`../docs/reference/${name}.md`, import.meta.url);

writeFileSync(fileOf('metrics'), metricsPage());
const logs = readFileSync(fileOf('logs'), 'utf8');
writeFileSync(
  fileOf('logs'),
  logs.replace(/\| Kind \| Cause \| What to do \|\n(?:\|.*\n)*/, () => kindsTable()),
);
