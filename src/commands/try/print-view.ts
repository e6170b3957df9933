import { printable, printableLine } from '../../printable.ts';
import type { RunView, ViewRow } from './view-rows.ts';

const INDENT = '    ';
const LABEL = 16;

/** A run as text for a terminal: no colours, and no control characters, which texts of callers and functions may have. */
export function printView({ summary, sections }: RunView): string {
  const parts = sections.map(({ title, note, rows }) =>
    [printableLine(`${title}: ${note}`), ...rows.flatMap(rowLines)].join('\n'),
  );
  return `${[...parts, printableLine(summary)].join('\n\n')}\n`;
}

function rowLines({ label, text, form }: ViewRow): readonly string[] {
  const [first = '', ...rest] = form === 'line' ? [text.replaceAll(/\r?\n/g, ' ')] : text.split(/\r?\n/);
  const start = `${INDENT}${printableLine(label).padEnd(LABEL)}`;
  const indent = `${INDENT}${' '.repeat(LABEL)}`;
  // A long label has its text below it.
  const lines = label.length >= LABEL ? [start.trimEnd(), indent + printable(first)] : [start + printable(first)];
  return [...lines, ...rest.map((text) => indent + printable(text))];
}
