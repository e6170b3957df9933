/** Statuses of a final response; below 200 there is none. */
export const finalStatus = { lowest: 200, highest: 599 } as const;

/** The number of a final status, or undefined for any other text. */
export function readStatus(text: string): number | undefined {
  const status = /^\d{3}$/.test(text) ? Number(text) : 0;
  return status >= finalStatus.lowest && status <= finalStatus.highest ? status : undefined;
}

/** Path and query as HTTP carries them: visible ASCII from the first `/` on. `#` would begin a fragment, which is never sent. */
export function isPath(text: string): boolean {
  return /^\/[\x21\x22\x24-\x7e]*$/.test(text);
}
