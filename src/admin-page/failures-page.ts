import { type FailureRecord, failureKinds, MOST_FAILURES, redactText } from '../observability/index.ts';
import { section } from './document.ts';
import { emptyNote, fact, liveRows, slot } from './live.ts';
import { html, type Markup } from './markup.ts';
import { timeText } from './numbers.ts';
import type { Row } from './traffic/index.ts';

/** Of one text. The log has the full text. */
const MOST_CHARACTERS = 1_000;

/** Slot and term of each fact of a failure, in the order in which they are shown. */
const FACTS = [
  ['field', 'Field'],
  ['place', 'Place'],
  ['cause', 'Cause'],
  ['remedy', 'Remedy'],
  ['function', 'Function'],
  ['aws', 'AWS'],
  ['awsRequestId', 'AWS request id'],
  ['answer', 'Caller got'],
  ['route', 'Route'],
  ['requestId', 'Request id'],
  ['traceId', 'Trace id'],
] as const;

/** `failures`: newest first. */
export function failureRows(failures: readonly FailureRecord[]): readonly Row[] {
  const atOnce = new Map<number, number>();
  // Counted from the oldest, so that a row keeps its key when others are added.
  const rows = failures.toReversed().map((failure) => {
    const nth = (atOnce.get(failure.time) ?? 0) + 1;
    atOnce.set(failure.time, nth);
    return failureRow(failure, `${failure.time}-${nth}`);
  });
  return rows.reverse();
}

function failureRow(failure: FailureRecord, key: string): Row {
  const { kind, api, policy, field, place, reason, status, goesOn, errorType, statusCode, attempts } = failure;
  const { cause, remedy } = failureKinds[kind];
  const aws = [
    errorType,
    statusCode && `status ${statusCode}`,
    attempts && `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
  ].filter(Boolean);
  return {
    key,
    at: timeText(new Date(failure.time)),
    kind,
    where: [api, policy ?? ''].filter((part) => part !== '').join(' / '),
    reason: shown(reason),
    field: shown(field),
    place: shown(place),
    cause,
    // Names are in backticks, for pages in Markdown.
    remedy: remedy.replaceAll('`', ''),
    function: shown(failure.function),
    aws: shown(aws.join(', ')),
    awsRequestId: shown(failure.awsRequestId),
    answer: goesOn ? 'no error: the request continued' : `status ${status}, key ${failure.key}`,
    route: shown(failure.route),
    requestId: shown(failure.requestId),
    traceId: shown(failure.traceId),
  };
}

/** As in the log: secrets that texts of AWS or functions quote are removed. */
function shown(text: string | undefined): string {
  const whole = redactText(text ?? '');
  return whole.length > MOST_CHARACTERS ? `${whole.slice(0, MOST_CHARACTERS)}…` : whole;
}

export function failuresMain(rows: readonly Row[]): Markup {
  return html`<p>The last ${MOST_FAILURES} failures of requests, of all workers, without those that callers caused. The log has all of them.</p>
${failureList(rows)}`;
}

/** The most recent one. */
export function failuresSection(rows: readonly Row[]): Markup {
  return section(
    'failures',
    'Latest failures',
    html`${failureList(rows)}
<p><a href="/failures">The last ${MOST_FAILURES} failures</a></p>
`,
  );
}

function failureList(rows: readonly Row[]): Markup {
  const { rows: shownRows, template } = liveRows('failures', rows, failureItem);
  return html`<ol class="failures" data-list="failures" data-filled="failures"${rows.length === 0 && html` hidden`}>${shownRows}</ol>${template}
${emptyNote('failures', rows, 'No request has failed since this process started, except failures that callers caused.')}`;
}

function failureItem(row: Row): Markup {
  return html`<li data-key="${row.key}"><details><summary><span class="when" data-slot="at">${row.at ?? ''}</span> <b data-slot="kind">${row.kind ?? ''}</b> ${slot(row, 'where')}
<span class="reason" data-slot="reason">${row.reason ?? ''}</span></summary>
<dl>${FACTS.map(([name, term]) => fact(row, name, term))}</dl></details></li>
`;
}
