/** Of a text that a policy makes and says nothing of. */
export function guessMediaType(text: string): string {
  return /^\s*[{[]/.test(text) ? 'application/json' : 'text/plain';
}
