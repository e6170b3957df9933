import { byId, element } from './elements.js';

/**
 * Shows a run: one item for each step.
 * @param {import('./calls.js').Run} run
 */
export function showRun({ summary, problem, sections }) {
  byId('problem').textContent = problem;
  byId('status').textContent = summary;
  byId('steps').replaceChildren(...sections.map(item));
}

/**
 * Shows why there is no run. The last one stays, so that its place does not jump while somebody types.
 * @param {string} message
 */
export function showProblem(message) {
  byId('status').textContent = byId('steps').hasChildNodes() ? 'Below are the steps of the last run.' : '';
  byId('problem').textContent = message;
}

/** @param {import('./calls.js').Section} section */
function item({ title, note, tone, rows }) {
  const parts = [element('h3', title), element('p', note, 'note')];
  if (rows.length > 0) {
    parts.push(
      element(
        'dl',
        rows.flatMap((row) => [element('dt', row.label), element('dd', [value(row, title)])]),
      ),
    );
  }
  return element('li', parts, tone);
}

/** @param {import('./calls.js').Row} row @param {string} title */
function value({ text, form, label }, title) {
  if (form === 'line') return document.createTextNode(text);
  const block = element('pre', text);
  // It may scroll, and then the keyboard must reach it.
  block.tabIndex = 0;
  block.setAttribute('role', 'group');
  block.setAttribute('aria-label', `${title}: ${label}`);
  return block;
}
