const MAX_LINE = 300;
/**
 * What a page of a proxy may repeat and no header of ours tells: a JSON Web Token, as service accounts have them, the
 * password of the proxy, and what STS is asked with.
 */
const SECRET =
  /eyJ[\w-]{8,}\.[\w.-]+|(?<=\bBasic\s+)(?=\S*[\d=+/])[\w+/=]{8,}|(?<=\b(?:ExternalId|WebIdentityToken)=)[^&\s"'<>]+/gi;

/** The first line of what a source has said, short enough for a log and without the secrets that it was asked with. */
export function boundedLine(text: string, secrets: readonly string[]): string | undefined {
  // Of a page of HTML its words.
  const plain = text.trimStart().startsWith('<') ? text.replaceAll(/<[^>]*>?/g, ' ') : text;
  let line = plain.trim().split(/[\r\n]/, 1)[0] ?? '';
  for (const secret of secrets) line = line.replaceAll(secret, '…');
  // Control characters would break a log's line; what is no ASCII may not be text at all.
  line = line
    .replaceAll(SECRET, '…')
    .replaceAll(/[^\x20-\x7e…]/g, '?')
    .slice(0, MAX_LINE);
  return line === '' ? undefined : line;
}

/** What of a request's headers must not come back in a log: tokens, signatures, keys of a session. */
export function secretHeaders(headers: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    /authorization|token|cookie/i.test(name)
      ? String(value)
          .split(/[\s,]+/)
          .filter((part) => part.length >= 4)
      : [],
  );
}
