import { section } from './document.ts';
import { emptyNote, liveRows, liveText, slot } from './live.ts';
import { html, type Markup } from './markup.ts';
import { plot } from './plot.ts';
import type { PlotView, Row, TrafficView } from './traffic/index.ts';

const PLOTS = [
  ['requests', 'Requests'],
  ['failures', 'Failures'],
  ['lambda', 'Time of Lambda'],
  ['sidecar', 'Time of the sidecar itself'],
] as const;

export function trafficTexts(view: TrafficView): Record<string, string> {
  const texts = PLOTS.flatMap(([name]) => [
    [`${name}-now`, view[name].now] as const,
    [`${name}-highest`, view[name].highest] as const,
  ]);
  return { ...Object.fromEntries(texts), reach: view.reach };
}

export function trafficPaths(view: TrafficView): Record<string, string> {
  return Object.assign({}, ...PLOTS.map(([name]) => pathsOf(name, view[name])));
}

function pathsOf(name: string, { paths }: PlotView): Record<string, string> {
  return Object.fromEntries(paths.map((d, i) => [`${name}-${i + 1}`, d]));
}

export function trafficSection(view: TrafficView): Markup {
  return section(
    'traffic',
    'Traffic',
    html`<ul class="plots">${PLOTS.map(([name, title]) => plotCard(name, title, view[name]))}</ul>
<p class="quiet">Large numbers are of the last minute, plots of the last ${liveText('reach', view.reach)}. Dashed lines are p99, solid ones p50. All workers are summed.</p>
`,
  );
}

function plotCard(name: string, title: string, view: PlotView): Markup {
  return html`<li><h3>${title}</h3>
<p class="now">${liveText(`${name}-now`, view.now)}</p>
${plot(pathsOf(name, view))}
<p class="quiet">Highest: ${liveText(`${name}-highest`, view.highest)}</p></li>
`;
}

const KINDS = [
  ['failureKinds', 'failure-kinds', 'Requests that failed', 'No request failed within the last hour.'],
  ['invocationErrors', 'invocation-errors', 'Invocations that failed', 'No invocation failed within the last hour.'],
] as const;

export function errorSection(view: TrafficView): Markup {
  return section(
    'errors',
    'Failures by kind',
    html`<div class="pair">${KINDS.map(([field, list, caption, none]) =>
      table(list, view[field], { caption, none, columns: KIND_COLUMNS }),
    )}</div>
`,
  );
}

const KIND_COLUMNS = [
  ['kind', 'Kind'],
  ['cause', 'Cause'],
  ['minutes', '5 min'],
  ['hour', '1 h'],
] as const;

export function functionSection(view: TrafficView): Markup {
  return section(
    'functions',
    'Functions',
    table('functions', view.functions, {
      caption: 'Busiest within the last 5 minutes',
      none: 'No function was called within the last 5 minutes.',
      columns: [
        ['api', 'API'],
        ['function', 'Function'],
        ['rate', 'Rate'],
        ['errors', 'Errors'],
        ['p50', 'p50'],
        ['p99', 'p99'],
      ],
    }),
  );
}

/** By the name with which the script updates each. */
export function trafficLists(view: TrafficView): Record<string, readonly Row[]> {
  return {
    ...Object.fromEntries(KINDS.map(([field, list]) => [list, view[field]])),
    functions: view.functions,
  };
}

/** Columns with long texts. */
const WORDS: ReadonlySet<string> = new Set(['cause', 'function']);

interface TableOutline {
  readonly caption: string;
  /** Shown if there are no rows. */
  readonly none: string;
  /** Slot and heading; the first one names the row. */
  readonly columns: readonly (readonly [slot: string, heading: string])[];
}

/** In a frame that scrolls if the screen is too small, also with the keyboard. */
function table(list: string, rows: readonly Row[], { caption, none, columns }: TableOutline): Markup {
  const { rows: shown, template } = liveRows(
    list,
    rows,
    (row) =>
      html`<tr data-key="${row.key}">${columns.map(([name], i) =>
        i === 0
          ? html`<th scope="row">${slot(row, name)}</th>`
          : html`<td${WORDS.has(name) && html` class="words"`}>${slot(row, name)}</td>`,
      )}</tr>`,
  );
  return html`<div class="table"><div class="scroll" data-filled="${list}"${rows.length === 0 && html` hidden`} role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption>
<thead><tr>${columns.map(([, heading]) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody data-list="${list}">${shown}</tbody></table></div>${template}
${emptyNote(list, rows, none)}</div>
`;
}
