import type { RunView, ViewRow } from './view-rows.ts';

const INDENT = '    ';
const LABEL = 16;

/** A run as text for a terminal: no colours, and no control characters, which texts of callers and functions may have. */
export function printView({ summary, sections }: RunView): string {
  const parts = sections.map(({ title, note, rows }) =>
    [`${title}: ${visible(note)}`, ...rows.flatMap(rowLines)].join('\n'),
  );
  return `${[...parts, visible(summary)].join('\n\n')}\n`;
}

function rowLines({ label, text, form }: ViewRow): readonly string[] {
  const [first = '', ...rest] = form === 'line' ? [text.replaceAll(/\r?\n/g, ' ')] : text.split(/\r?\n/);
  const start = `${INDENT}${visible(label).padEnd(LABEL)}`;
  const indent = `${INDENT}${' '.repeat(LABEL)}`;
  // A long label has its text below it.
  const lines = label.length >= LABEL ? [start.trimEnd(), indent + visible(first)] : [start + visible(first)];
  return [...lines, ...rest.map((text) => indent + visible(text))];
}

/** What would move a terminal's cursor is shown as its escape. */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what terminals obey, and what changes the order of letters
  return text.replaceAll(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, (c) => {
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
