import { html, type Markup } from './markup.ts';
import { timeText } from './numbers.ts';

export interface PageOutline {
  readonly title: string;
  /** The entry of the navigation; undefined: a page below one of the entries. */
  readonly current?: string | undefined;
  /** The first heading; the title by default. */
  readonly heading?: Markup | undefined;
  /** The URL from which the script gets newer numbers; undefined: nothing on the page changes. */
  readonly live?: string | undefined;
  /** Of the policies that the page shows. */
  readonly policies: string;
  readonly version: string;
  readonly now: Date;
  readonly main: Markup;
}

const PAGES = [
  ['/', 'Overview'],
  ['/failures', 'Failures'],
  ['/apis', 'APIs'],
  ['/warnings', 'Warnings'],
  ['/reloads', 'Reloads'],
] as const;

/** A whole page. */
export function pageDocument(outline: PageOutline): string {
  const { title, current, live, policies, version, now, main } = outline;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} – lambda-ext-proc</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/admin/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/admin/page.css">
<link rel="stylesheet" href="/admin/parts.css">
${live !== undefined && html`<script type="module" src="/admin/page.js"></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header>
<p class="product">lambda-ext-proc <span class="quiet">${version}</span></p>
<nav aria-label="Pages"><ul>${PAGES.map(
    ([path, name]) => html`<li><a href="${path}"${path === current && html` aria-current="page"`}>${name}</a></li>`,
  )}</ul></nav>
</header>
<main id="main" tabindex="-1"${live !== undefined && html` data-live="${live}" data-policies="${policies}"`}>
<div class="title"><h1>${outline.heading ?? title}</h1><p class="as-of">As of <span data-text="at">${timeText(now)}</span></p>${
    live !== undefined && html`<button type="button" id="pause" aria-pressed="false" hidden>Pause updates</button>`
  }</div>
<p class="notice" id="notice" role="status" hidden></p>
${main}
</main>
</body>
</html>
`;
  return page.text;
}

/** A section of a page with its own heading. `id` is a constant. */
export function section(id: string, heading: string, content: Markup): Markup {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>
${content}</section>
`;
}
