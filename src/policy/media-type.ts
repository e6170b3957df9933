/** For a text from a policy that names no type. */
export function guessMediaType(text: string): string {
  return /^\s*[{[]/.test(text) ? 'application/json' : 'text/plain';
}
