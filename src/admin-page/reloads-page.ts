import type { Change, DocumentChanges } from '../config/index.ts';
import { section } from './document.ts';
import { html, type Markup } from './markup.ts';
import { countText, timeText } from './numbers.ts';
import type { Reload } from './reload-history.ts';

const CHANGES_ON_OVERVIEW = 10;

/** What each reload changed. */
export function reloadsMain(reloads: readonly Reload[]): Markup {
  return html`<p>What changed in the configuration since this process started, the newest first: names of APIs, steps and fields, no values.</p>
${none(reloads)}
<ol class="reloads">${reloads.map((reload) => html`<li>${reloadItem(reload, undefined)}</li>`)}</ol>`;
}

/** The last one. */
export function reloadSection(reloads: readonly Reload[]): Markup {
  const [last] = reloads;
  return section(
    'reload',
    'Last reload',
    html`${none(reloads)}
${
  last !== undefined &&
  html`<div class="reloads">${reloadItem(last, CHANGES_ON_OVERVIEW)}</div>
<p><a href="/reloads">All reloads</a></p>`
}
`,
  );
}

function none(reloads: readonly Reload[]): Markup {
  return html`${reloads.length === 0 && html`<p class="quiet">Nothing was reloaded: the configuration is the one of the start.</p>`}`;
}

function reloadItem({ at, version, problems, changes }: Reload, most: number | undefined): Markup {
  const time = html`<time datetime="${at.toISOString()}">${timeText(at)}</time>`;
  if (version === undefined) {
    return html`<p class="check">${time} <span class="status failed">cannot be used</span></p>
<ul class="lines">${problems.map((problem) => html`<li>${problem}</li>`)}</ul>`;
  }
  return html`<p class="check">${time} <span class="status">version ${version} in force</span></p>
${changes !== undefined && changeList(changes, most)}`;
}

function changeList({ changes, more }: DocumentChanges, most = changes.length): Markup {
  const hidden = changes.length - Math.min(most, changes.length) + more;
  return html`${changes.length === 0 && html`<p class="quiet">No API, step or field changed.</p>`}
<ul class="lines">${changes.slice(0, most).map((change) => html`<li>${changeText(change)}</li>`)}</ul>
${hidden > 0 && html`<p class="quiet">and ${countText(hidden)} more</p>`}`;
}

const VERBS = { added: 'Added', removed: 'Removed', changed: 'Changed', reordered: 'Reordered' } as const;

function changeText({ kind, api, step, fields }: Change): Markup {
  const where = [api !== undefined && html`API <b>${api}</b>`, step !== undefined && html`step <b>${step}</b>`];
  const places = where.filter((place) => place !== false);
  return html`${VERBS[kind]} ${places.map((place, i) => html`${i > 0 && ', '}${place}`)}${
    fields.length > 0 && html`${places.length > 0 && ': '}${fields.join(', ')}`
  }`;
}
