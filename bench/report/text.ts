/** A Markdown table; columns after the first contain numbers and are aligned to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map((_, index) => (index === 0 ? '---' : '--:')), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Rounds to three significant digits: `0.853`, `12.4`, `118`, `12,400`; `–` if there is no value. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  if (value >= 100) return value.toFixed(0);
  return value === 0 ? '0' : value.toFixed(value >= 10 ? 1 : 2);
}

/** `1.29 ×`; `–` if there is no value. */
export function ratio(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(2)} ×` : '–';
}
