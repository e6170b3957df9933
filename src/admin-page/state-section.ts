import type { Readiness } from '../server/index.ts';
import { section } from './document.ts';
import { emptyNote, liveRows, liveText, slot } from './live.ts';
import { html, type Markup } from './markup.ts';
import { bytesText, countText, spanText } from './numbers.ts';
import type { CredentialTotals, Row, Totals } from './traffic/index.ts';

/** The maximum number of rows of a list: the worst come first. */
const MOST_ROWS = 30;

const ORDER = ['failed', 'degraded', 'ok'];

/** One row for each check of /readyz, worst first. */
export function checkRows({ checks }: Readiness): readonly Row[] {
  return Object.entries(checks)
    .map(([name, { status, reason }]) => ({ key: name, name, status, reason }))
    .sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status))
    .slice(0, MOST_ROWS);
}

export function stateTexts({ ready, checks }: Readiness, totals: Totals | undefined): Record<string, string> {
  const isDegraded = Object.values(checks).some(({ status }) => status !== 'ok');
  return {
    state: ready ? (isDegraded ? 'ready, degraded' : 'ready') : 'not ready',
    'in-flight': countText(totals?.requestsInFlight ?? 0),
    buffered: bytesText(totals?.bufferedBytes ?? 0),
    memory: bytesText(totals?.memoryBytes ?? 0),
  };
}

export function stateSection(texts: Readonly<Record<string, string>>, rows: readonly Row[]): Markup {
  const { rows: shown, template } = liveRows(
    'checks',
    rows,
    (
      row,
    ) => html`<li data-key="${row.key}" data-status="${row.status ?? ''}"><p class="check">${slot(row, 'name')} ${statusSlot(row)}</p>
<p class="reason">${slot(row, 'reason')}</p></li>`,
  );
  return section(
    'state',
    'State',
    html`<ul class="figures">
<li>The process is <strong>${liveText('state', texts.state ?? '')}</strong></li>
<li>Requests in flight: <strong>${liveText('in-flight', texts['in-flight'] ?? '')}</strong></li>
<li>Bytes held by requests: <strong>${liveText('buffered', texts.buffered ?? '')}</strong></li>
<li>Memory of all processes: <strong>${liveText('memory', texts.memory ?? '')}</strong></li>
</ul>
<ul class="checks" data-list="checks">${shown}</ul>${template}
`,
  );
}

function statusSlot(row: Row): Markup {
  return html`<span class="status" data-slot="status">${row.status ?? ''}</span>`;
}

/** Invalid ones first. */
export function credentialRows(credentials: readonly CredentialTotals[], now: Date): readonly Row[] {
  const rows = credentials.map(({ source, valid, pastExpiry, age, expiresAt }) => {
    const left = expiresAt === undefined ? undefined : expiresAt - now.getTime();
    return {
      key: source,
      source,
      status: valid ? (pastExpiry ? 'past expiry' : 'valid') : 'not valid',
      age: age === undefined ? '–' : spanText(age * 1000),
      expires: left === undefined ? 'no expiry' : left >= 0 ? `in ${spanText(left)}` : `${spanText(-left)} ago`,
    };
  });
  const rank = (status: string): number => ['not valid', 'past expiry', 'valid'].indexOf(status);
  return rows.sort((a, b) => rank(a.status) - rank(b.status)).slice(0, MOST_ROWS);
}

export function credentialSection(rows: readonly Row[]): Markup {
  const { rows: shown, template } = liveRows(
    'credentials',
    rows,
    (
      row,
    ) => html`<li data-key="${row.key}" data-status="${row.status ?? ''}"><p class="check">${slot(row, 'source')} ${statusSlot(row)}</p>
<p class="reason">Age ${slot(row, 'age')}, expires: ${slot(row, 'expires')}</p></li>`,
  );
  return section(
    'credentials',
    'Credentials',
    html`<ul class="checks" data-list="credentials">${shown}</ul>${template}
${emptyNote('credentials', rows, 'No credentials have been requested yet, or all steps have their own keys.')}
`,
  );
}
