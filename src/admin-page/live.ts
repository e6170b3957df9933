import { html, type Markup } from './markup.ts';
import type { Row } from './traffic/index.ts';

/**
 * The values that the script updates in an open page. `data-text`, `data-path` and `data-list` name the places; the script knows
 * nothing else about the page, and inserts texts only as text.
 */
export interface LiveData {
  readonly texts: Readonly<Record<string, string>>;
  /** The `d` of plots. */
  readonly paths: Readonly<Record<string, string>>;
  readonly lists: Readonly<Record<string, readonly Row[]>>;
  /** Revision of the policies in force: if it differs from the page's, the page is out of date. */
  readonly policies: string;
}

export function liveText(name: string, text: string): Markup {
  return html`<span data-text="${name}">${text}</span>`;
}

/** A text of a row, in its place. */
export function slot(row: Row, name: string): Markup {
  return html`<span data-slot="${name}">${row[name] ?? ''}</span>`;
}

/** A term with its text; hidden if the text is empty. */
export function fact(row: Row, name: string, term: string): Markup {
  const text = row[name] ?? '';
  return html`<div data-row${text === '' && html` hidden`}><dt>${term}</dt><dd data-slot="${name}">${text}</dd></div>`;
}

/** The rows of a list, and an empty one that the script copies for new rows. */
export interface LiveRows {
  readonly rows: readonly Markup[];
  readonly template: Markup;
}

export function liveRows(list: string, rows: readonly Row[], render: (row: Row) => Markup): LiveRows {
  return { rows: rows.map(render), template: html`<template data-for="${list}">${render({ key: '' })}</template>` };
}

/** Shown if a list has no rows. */
export function emptyNote(list: string, rows: readonly Row[], text: string): Markup {
  return html`<p class="quiet" data-empty="${list}"${rows.length > 0 && html` hidden`}>${text}</p>`;
}
