/**
 * @typedef {{ name: string, api: string, request: string, functions: string, backend: string }} Example
 * @typedef {{ revision: number, file: string, apis: string[], problem: string, warnings: string[], examples: Example[] }} Document
 * @typedef {{ label: string, text: string, form: 'line' | 'block' }} Row
 * @typedef {{ title: string, note: string, tone: 'plain' | 'good' | 'bad' | 'skipped', rows: Row[] }} Section
 * @typedef {{ summary: string, status: number, problem: string, sections: Section[] }} Run
 */

const KEY = 'playground-key';

/** The key comes once, with the page that the URL of the terminal opens; it is kept for this tab and this port. */
const given = document.querySelector('meta[name=key]')?.getAttribute('content') ?? '';
if (given !== '') {
  sessionStorage.setItem(KEY, given);
  // So that the token is neither in the history nor in a screenshot.
  history.replaceState(null, '', '/');
}

/** The server told why. */
export class CallError extends Error {}

/** @param {number | undefined} after @returns {Promise<Document>} */
export async function fetchDocument(after) {
  return await call(after === undefined ? '/api/document' : `/api/document?after=${after}`, {});
}

/** @param {object} asked @param {AbortSignal} signal @returns {Promise<Run>} */
export async function run(asked, signal) {
  return await call('/api/run', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(asked),
    signal,
  });
}

/** @param {string} path @param {RequestInit} options */
async function call(path, options) {
  const headers = { ...options.headers, 'x-playground-key': sessionStorage.getItem(KEY) ?? '' };
  const answer = await fetch(path, { ...options, headers });
  const data = await answer.json();
  if (!answer.ok) throw new CallError(data.error);
  return data;
}
