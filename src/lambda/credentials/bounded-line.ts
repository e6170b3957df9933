const MAX_LINE = 300;
/**
 * Secrets that a proxy's page may repeat and that are in no header of ours: a JSON Web Token of a service account, the
 * password of the proxy, and the parameters of calls to STS.
 */
const SECRET =
  /eyJ[\w-]{8,}\.[\w.-]+|(?<=\bBasic\s+)(?=\S*[\d=+/])[\w+/=]{8,}|(?<=\b(?:ExternalId|WebIdentityToken)=)[^&\s"'<>]+/gi;

/** The first line of a source's answer, short enough for a log and without the secrets of the request. */
export function boundedLine(text: string, secrets: readonly string[]): string | undefined {
  // Of a page of HTML its words.
  const plain = text.trimStart().startsWith('<') ? text.replaceAll(/<[^>]*>?/g, ' ') : text;
  let line = plain.trim().split(/[\r\n]/, 1)[0] ?? '';
  for (const secret of secrets) line = line.replaceAll(secret, '…');
  // Control characters would break a log line; what is not ASCII may not be text at all.
  line = line
    .replaceAll(SECRET, '…')
    .replaceAll(/[^\x20-\x7e…]/g, '?')
    .slice(0, MAX_LINE);
  return line === '' ? undefined : line;
}

/** Values of a request's headers that must not appear in a log: tokens, signatures, keys of a session. */
export function secretHeaders(headers: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    /authorization|token|cookie/i.test(name)
      ? String(value)
          .split(/[\s,]+/)
          .filter((part) => part.length >= 4)
      : [],
  );
}
