import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from './probe.ts';
import { probes } from './probe-envoy.ts';

const PAGE = join(import.meta.dirname, '../../docs/compatibility.md');
const TABLE = /(<!-- What each Envoy can: written by `npm run test:envoy-versions`. -->\n)[\s\S]*?(\n<!-- end -->)/;

/** Envoy's version, and the cells of its column by the titles of their rows. */
export type Columns = ReadonlyMap<string, ReadonlyMap<string, Cell>>;

/** Writes the table into docs/compatibility.md. Returns whether the page has changed. */
export function writePage(columns: Columns): boolean {
  const before = readFileSync(PAGE, 'utf8');
  if (!TABLE.test(before)) throw new Error('docs/compatibility.md has no marks around its table');
  const page = before.replace(TABLE, (_, start: string, end: string) => `${start}\n${table(columns)}\n${end}`);
  if (page !== before) writeFileSync(PAGE, page);
  return page !== before;
}

/** The current columns of the page. */
export function readPage(): Columns {
  const text = TABLE.exec(readFileSync(PAGE, 'utf8'))?.[0] ?? '';
  const [head = [], , ...rows] = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')));
  return new Map(
    head.slice(1).map((version, index) => [version, new Map(rows.map((row) => [row[0] ?? '', row[index + 1] ?? '']))]),
  );
}

function table(columns: Columns): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const versions = [...columns.keys()];
  return [
    row(['Envoy', ...versions]),
    row(['---', ...versions.map(() => '---')]),
    ...probes.map(({ title }) => row([title, ...versions.map((version) => columns.get(version)?.get(title) ?? '')])),
  ].join('\n');
}
