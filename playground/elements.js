/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/** @param {string} id @returns {HTMLTextAreaElement} */
export function area(id) {
  const found = byId(id);
  if (found instanceof HTMLTextAreaElement) return found;
  throw new Error(`#${id} is not a text area`);
}

/** @param {string} id @returns {HTMLSelectElement} */
export function choice(id) {
  const found = byId(id);
  if (found instanceof HTMLSelectElement) return found;
  throw new Error(`#${id} is not a choice`);
}

/**
 * An element with a text or other elements in it. Whatever came from a policy or a function is a text, never markup.
 * @param {string} name
 * @param {string | Node[]} content
 * @param {string} [className]
 * @returns {HTMLElement}
 */
export function element(name, content, className) {
  const made = document.createElement(name);
  if (className !== undefined) made.className = className;
  if (typeof content === 'string') made.textContent = content;
  else made.append(...content);
  return made;
}

/**
 * Fills a choice, and keeps what was chosen where it is still there.
 * @param {HTMLSelectElement} select
 * @param {readonly string[]} names
 */
export function fillChoice(select, names) {
  const chosen = select.value;
  select.replaceChildren(...names.map((name) => element('option', name)));
  if (names.includes(chosen)) select.value = chosen;
}
