/** Names for routes, clusters and steps: lower-case letters, digits and dashes. */

export function slug(text: string, fallback = 'api'): string {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.join('-').slice(0, 64) || fallback;
}

export function uniqueName(name: string, isTaken: (candidate: string) => boolean): string {
  let candidate = name;
  for (let count = 2; isTaken(candidate); count++) candidate = `${name}-${count}`;
  return candidate;
}

/** One line of at most 100 characters, for comments. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 100);
}
