import { html, type Markup } from './markup.ts';
import { countText } from './numbers.ts';

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly total: number;
  /** From 1. */
  readonly page: number;
  readonly pages: number;
}

/** `asked`: from the URL; an invalid page number means the first or the last page. */
export function pageOf<T>(items: readonly T[], asked: string | null, size: number): PageOf<T> {
  const pages = Math.max(1, Math.ceil(items.length / size));
  const number = /^\d{1,9}$/.test(asked ?? '') ? Number(asked) : 1;
  const page = Math.min(Math.max(1, number), pages);
  return { items: items.slice((page - 1) * size, page * size), total: items.length, page, pages };
}

/** Links to the neighbouring pages. `query` is kept. */
export function pageLinks(path: string, query: Readonly<Record<string, string>>, page: PageOf<unknown>): Markup {
  if (page.pages === 1) return html``;
  const link = (to: number, text: string): Markup => {
    const parameters = new URLSearchParams({ ...query, page: String(to) });
    return html`<li><a href="${path}?${parameters.toString()}">${text}</a></li>`;
  };
  return html`<nav class="paging" aria-label="Pages of this list"><ul>
${page.page > 1 && [link(1, 'First'), link(page.page - 1, 'Previous')]}
<li>Page ${countText(page.page)} of ${countText(page.pages)}</li>
${page.page < page.pages && [link(page.page + 1, 'Next'), link(page.pages, 'Last')]}
</ul></nav>
`;
}
