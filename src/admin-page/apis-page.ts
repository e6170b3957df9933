import { apiOfProblem, formatProblem, type Problem } from '../config/index.ts';
import { section } from './document.ts';
import { html, type Markup } from './markup.ts';
import { needsOf } from './needs.ts';
import { countText, timeText } from './numbers.ts';
import type { PoliciesInForce } from './page-source.ts';
import { type PageOf, pageLinks, pageOf } from './paging.ts';

const APIS_ON_A_PAGE = 50;
const APIS_ON_OVERVIEW = 10;
const WARNINGS_ON_A_PAGE = 100;
const WARNINGS_ON_OVERVIEW = 5;
const MOST_SEARCHED = 200;

/** APIs, with a search by a part of their name. */
export function apisMain(policies: PoliciesInForce, query: URLSearchParams): Markup {
  const searched = (query.get('q') ?? '').slice(0, MOST_SEARCHED);
  const found = namesWith(policies.apiNames, searched);
  const page = pageOf(found, query.get('page'), APIS_ON_A_PAGE);
  return html`${facts(policies)}
${searchForm(searched)}
<p role="status">${countText(found.length)} of ${countText(policies.apiNames.length)} APIs</p>
${apiList(policies, page)}
${pageLinks('/apis', searched === '' ? {} : { q: searched }, page)}`;
}

export function policiesSection(policies: PoliciesInForce): Markup {
  const { apiNames } = policies;
  const page = pageOf(apiNames, null, APIS_ON_OVERVIEW);
  return section(
    'policies',
    'Policies in force',
    html`${facts(policies)}
${searchForm('')}
${apiList(policies, page)}
${apiNames.length > page.items.length && html`<p><a href="/apis">All ${countText(apiNames.length)} APIs</a></p>`}
`,
  );
}

function namesWith(names: readonly string[], part: string): readonly string[] {
  const wanted = part.toLowerCase();
  return wanted === '' ? names : names.filter((name) => name.toLowerCase().includes(wanted));
}

function facts({ status, servesInline, apiNames }: PoliciesInForce): Markup {
  const { file, version, loadedAt, lastError, warnings } = status;
  return html`<dl class="facts">
<div><dt>File</dt><dd>${file ?? 'none'}</dd></div>
<div><dt>Version</dt><dd><code>${version}</code>, loaded <time datetime="${loadedAt.toISOString()}">${timeText(loadedAt)}</time></dd></div>
<div><dt>APIs</dt><dd>${countText(apiNames.length)}</dd></div>
<div><dt>Inline policies</dt><dd>${servesInline ? 'allowed: routes may contain policies' : 'refused'}</dd></div>
<div><dt>Warnings</dt><dd>${warnings.length === 0 ? 'none' : html`<a href="/warnings">${countText(warnings.length)}</a>`}</dd></div>
</dl>
${
  lastError !== undefined &&
  html`<div class="bad-news"><p>The file was changed and cannot be used, since ${timeText(lastError.at)}. This version stays in force.</p>
<pre>${lastError.message}</pre></div>`
}`;
}

function searchForm(searched: string): Markup {
  return html`<form class="search" method="get" action="/apis" role="search"><label for="q">Find APIs by name</label>
<input id="q" name="q" type="search" value="${searched}" maxlength="${MOST_SEARCHED}" autocomplete="off" spellcheck="false"><button type="submit">Find</button></form>
`;
}

function apiList(policies: PoliciesInForce, page: PageOf<string>): Markup {
  if (page.total === 0) return html`<p class="quiet">No API.</p>`;
  const warned = warningsByApi(policies.status.warnings);
  return html`<ol class="apis" start="${(page.page - 1) * APIS_ON_A_PAGE + 1}">${page.items.map((name) =>
    apiItem(name, policies, warned.get(name) ?? 0),
  )}</ol>`;
}

function apiItem(name: string, policies: PoliciesInForce, warnings: number): Markup {
  const api = policies.describeApi(name);
  if (api === undefined) return html``;
  const needs = needsOf(api);
  return html`<li><a href="${apiPath(name)}">${name}</a>
<p class="quiet">${steps(api.request.length, 'request')}, ${steps(api.response.length, 'response')}${warnings > 0 && html`, <span class="warned">${counted(warnings, 'warning')}</span>`}</p>
${needs.length > 0 && html`<p class="quiet">Needs ${needs.join('; ')}</p>`}</li>
`;
}

function apiPath(name: string): string {
  return `/api?${new URLSearchParams({ name }).toString()}`;
}

function steps(count: number, phase: string): string {
  return counted(count, `${phase} step`);
}

function counted(count: number, what: string): string {
  return `${countText(count)} ${what}${count === 1 ? '' : 's'}`;
}

function warningsByApi(warnings: readonly Problem[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const warning of warnings) {
    const api = apiOfProblem(warning);
    if (api !== undefined) counts.set(api, (counts.get(api) ?? 0) + 1);
  }
  return counts;
}

export function warningsMain({ status }: PoliciesInForce, query: URLSearchParams): Markup {
  const page = pageOf(status.warnings, query.get('page'), WARNINGS_ON_A_PAGE);
  return html`<p>What <code>check</code> warns about in the policies in force: ${countText(page.total)}.</p>
${warningList(page.items)}
${pageLinks('/warnings', {}, page)}`;
}

export function warningsSection({ status: { warnings } }: PoliciesInForce): Markup {
  if (warnings.length === 0) return html``;
  return section(
    'warnings',
    'Warnings',
    html`${warningList(warnings.slice(0, WARNINGS_ON_OVERVIEW))}
${warnings.length > WARNINGS_ON_OVERVIEW && html`<p><a href="/warnings">All ${countText(warnings.length)} warnings</a></p>`}
`,
  );
}

export function warningList(warnings: readonly Problem[]): Markup {
  return html`<ul class="lines">${warnings.map((warning) => html`<li>${formatProblem(warning)}</li>`)}</ul>`;
}
