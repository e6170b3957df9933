// Keeps an open page up to date: asks for newer numbers and puts them in where the markup names their places. Every text stays a text.

const EVERY_MS = 5_000;
/** After a failure, doubled with each further one. */
const MAX_PAUSE_MS = 60_000;

/**
 * @typedef {Readonly<Record<string, string>>} Row
 * @typedef {{
 *   texts: Record<string, string>,
 *   paths: Record<string, string>,
 *   lists: Record<string, Row[]>,
 *   policies: string,
 * }} LiveData
 */

const main = document.getElementById('main');
const notice = document.getElementById('notice');
const pause = document.getElementById('pause');

let paused = false;
let failures = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {LiveData} data */
function show({ texts, paths, lists, policies }) {
  for (const [name, text] of Object.entries(texts)) {
    for (const place of document.querySelectorAll(`[data-text="${CSS.escape(name)}"]`)) setText(place, text);
  }
  for (const [name, d] of Object.entries(paths)) {
    document.querySelector(`[data-path="${CSS.escape(name)}"]`)?.setAttribute('d', d);
  }
  for (const [name, rows] of Object.entries(lists)) showList(name, rows);
  say(policies === main?.dataset.policies ? '' : 'The policies have changed: reload this page to see those in force.');
}

/**
 * Rows that are still there stay as they are, so that what is open or focused in them does.
 * @param {string} name
 * @param {Row[]} rows
 */
function showList(name, rows) {
  const list = document.querySelector(`[data-list="${CSS.escape(name)}"]`);
  const template = document.querySelector(`template[data-for="${CSS.escape(name)}"]`);
  if (list === null || !(template instanceof HTMLTemplateElement)) return;
  /** @type {Map<string, HTMLElement>} */
  const known = new Map();
  for (const child of list.children) if (child instanceof HTMLElement) known.set(child.dataset.key ?? '', child);
  let place = list.firstElementChild;
  for (const row of rows) {
    const item = known.get(row.key ?? '') ?? copyOf(template);
    known.delete(row.key ?? '');
    fill(item, row);
    if (item === place) place = place.nextElementSibling;
    else list.insertBefore(item, place);
  }
  for (const gone of known.values()) gone.remove();
  for (const note of elements(`[data-empty="${CSS.escape(name)}"]`)) note.hidden = rows.length > 0;
  for (const frame of elements(`[data-filled="${CSS.escape(name)}"]`)) frame.hidden = rows.length === 0;
}

/** @param {HTMLTemplateElement} template @returns {HTMLElement} */
function copyOf(template) {
  const copy = document.importNode(template.content, true).firstElementChild;
  if (copy instanceof HTMLElement) return copy;
  throw new Error('an empty template');
}

/** @param {HTMLElement} item @param {Row} row */
function fill(item, row) {
  item.dataset.key = row.key ?? '';
  if (row.status !== undefined) item.dataset.status = row.status;
  for (const place of item.querySelectorAll('[data-slot]')) {
    const text = place instanceof HTMLElement ? (row[place.dataset.slot ?? ''] ?? '') : '';
    setText(place, text);
    const line = place.closest('[data-row]');
    if (line instanceof HTMLElement) line.hidden = text === '';
  }
}

/** @param {Element} place @param {string} text */
function setText(place, text) {
  // A text that stays the same is not told again by a screen reader, and a selection in it stays.
  if (place.textContent !== text) place.textContent = text;
}

/** @param {string} selector @returns {HTMLElement[]} */
function elements(selector) {
  return [...document.querySelectorAll(selector)].filter((found) => found instanceof HTMLElement);
}

/** @param {string} text */
function say(text) {
  if (notice === null) return;
  setText(notice, text);
  notice.hidden = text === '';
}

async function update() {
  try {
    const answer = await fetch(main?.dataset.live ?? '', { cache: 'no-store' });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    show(await answer.json());
    failures = 0;
  } catch {
    failures++;
    say('No answer from the admin port: the numbers below are old.');
  }
}

function schedule() {
  clearTimeout(timer);
  if (paused || document.hidden) return;
  timer = setTimeout(turn, Math.min(EVERY_MS * 2 ** Math.min(failures, 5), MAX_PAUSE_MS));
}

async function turn() {
  await update();
  schedule();
}

if (pause !== null) {
  pause.hidden = false;
  pause.addEventListener('click', () => {
    paused = !paused;
    pause.setAttribute('aria-pressed', String(paused));
    if (paused) clearTimeout(timer);
    else void turn();
  });
}
document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer);
  else if (!paused) void turn();
});
schedule();
