import { CallError, fetchDocument, run } from './calls.js';
import { area, byId, choice, fillChoice } from './elements.js';
import { showProblem, showRun } from './run-view.js';

/** After the last key. */
const PAUSE_MS = 300;
const RETRY_MS = 2_000;

const api = choice('api');
const example = choice('example');
const fields = { request: area('request'), functions: area('functions'), backend: area('backend') };

/** @type {import('./calls.js').Document | undefined} */
let shown;
/** What the caller got in the last run. @type {number | undefined} */
let status;
/** @type {AbortController | undefined} */
let running;
/** @type {number | undefined} */
let timer;

function asked() {
  const { request, functions, backend } = fields;
  return { api: api.value, request: request.value, functions: functions.value, backend: backend.value };
}

async function runNow() {
  clearTimeout(timer);
  running?.abort();
  const own = new AbortController();
  running = own;
  try {
    const done = await run(asked(), own.signal);
    if (own.signal.aborted) return;
    status = done.status;
    showRun(done);
  } catch (error) {
    if (!own.signal.aborted) showProblem(messageOf(error));
  }
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof CallError
    ? error.message
    : 'The playground does not answer. Is it still running in its terminal?';
}

function runSoon() {
  const live = byId('live');
  clearTimeout(timer);
  if (live instanceof HTMLInputElement && live.checked) timer = window.setTimeout(runNow, PAUSE_MS);
}

/** Puts an example into the fields. */
function take() {
  const chosen = shown?.examples.find(({ name }) => name === example.value);
  if (chosen === undefined) return;
  api.value = chosen.api;
  for (const name of /** @type {const} */ (['request', 'functions', 'backend'])) fields[name].value = chosen[name];
  runNow();
}

/** The first example of the API that was chosen. */
function takeForApi() {
  const first = shown?.examples.find((each) => each.api === api.value);
  if (first === undefined) {
    runNow();
  } else {
    example.value = first.name;
    take();
  }
}

/** @param {import('./calls.js').Document} next */
function showDocument(next) {
  const isFirst = shown === undefined;
  shown = next;
  const { file, warnings, apis, examples, problem } = next;
  byId('document').textContent = file;
  byId('warnings').hidden = warnings.length === 0;
  byId('warning-count').textContent = `Warnings (${warnings.length})`;
  byId('warning-lines').textContent = warnings.join('\n');
  fillChoice(api, apis);
  fillChoice(
    example,
    examples.map(({ name }) => name),
  );
  byId('example-choice').hidden = examples.length < 2;
  if (problem !== '') showProblem(problem);
  else if (isFirst) take();
  else runNow();
}

/** Waits for the document to change, for as long as the page is open. */
async function follow() {
  for (;;) {
    try {
      const next = await fetchDocument(shown?.revision);
      if (next.revision !== shown?.revision) showDocument(next);
    } catch (error) {
      showProblem(messageOf(error));
      if (error instanceof CallError) return;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** A test that expects what the caller got: a beginning, to be made more exact. */
async function copy() {
  const lines = [
    `- name: ${JSON.stringify(`${api.value}: what the caller gets`)}`,
    `  api: ${JSON.stringify(api.value)}`,
  ];
  for (const [name, field] of Object.entries(fields)) {
    const text = field.value.trimEnd();
    if (text !== '') lines.push(`  ${name}:`, ...text.split('\n').map((line) => `    ${line}`));
  }
  if (status !== undefined) lines.push(`  expect: {response: {status: ${status}}}`);
  try {
    await navigator.clipboard.writeText(`${lines.join('\n')}\n`);
    byId('status').textContent = 'Copied.';
  } catch {
    showProblem('The browser does not let the page write to the clipboard.');
  }
}

byId('editor').addEventListener('submit', (event) => {
  event.preventDefault();
  runNow();
});
byId('editor').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) runNow();
});
for (const field of Object.values(fields)) field.addEventListener('input', runSoon);
api.addEventListener('change', takeForApi);
example.addEventListener('change', take);
byId('copy').addEventListener('click', copy);
follow();
