import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const page = readFileSync(join(import.meta.dirname, '../../docs/guides/tracing.md'), 'utf8');

/** The text of the page's block that begins with this line, without the line. */
export function tracingGuideBlock(title: string): string {
  const found = [...page.matchAll(/^```\w*\n# (.+)\n([\s\S]*?)^```/gm)].find(([, first]) => first === title);
  if (found === undefined) throw new Error(`docs/guides/tracing.md has no block that begins with ${title}`);
  return found[2] ?? '';
}

/** The cells of the page's table whose first column has this title. */
export function tracingGuideTable(title: string): readonly (readonly string[])[] {
  const from = page.indexOf(`\n| ${title} |`);
  if (from < 0) throw new Error(`docs/guides/tracing.md has no table that begins with ${title}`);
  const end = page.indexOf('\n\n', from);
  const [, , ...rows] = page.slice(from, end).trim().split('\n');
  return rows.map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
}

/** What a cell has in the form of code. */
export function codeOf(cell: string | undefined): readonly string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}
