/**
 * Removes from log lines: values under names of secrets, and secrets that texts of others quote
 * (AWS repeats the session token in a SignatureDoesNotMatch answer). Also limits how much hostile input can make the log write.
 */

export const REDACTED = '[redacted]';

const SECRET_NAME =
  /secret|password|passphrase|token|authorization|cookie|credential|private-?key|^access-?key(?:-?id)?$/i;
/** Data of callers and functions: logged only for debugging. */
const PAYLOAD_NAME = /^(?:payload|body|content)$/i;
/** Names that look like secrets but are not. */
const HARMLESS_NAME = /^(?:credentials(?:State|Source|Age)|tokens|tokenCount)$/;

// As in a header, an assignment, JSON and JSON within JSON. Linear: each part ends where the next one cannot begin.
const SECRET_IN_TEXT =
  /(x-amz-security-token\\?["']?\s*[:=]\s*|(?:secret_?access_?key|client_?secret|(?:session|access|refresh|id)_?token|password)(?:\\?["']?\s*[:=]\s*|\s+)|["']token\\?["']\s*:\s*|bearer(?:\s*[:=])?\s+|authorization\\?["']?\s*[:=]\s*\\?["']?(?:basic|digest|token)\s+|signature=|Credential=)(?:(\\?")[^"]+|(')[^']+|[^\s"',&]+)/gi;
/** `://user:password@` */
const PASSWORD_IN_URL = /(:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/g;
const MAX_DEPTH = 4;
const MAX_TEXT = 8_192;

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !HARMLESS_NAME.test(name);
}

export type NameKind = 'plain' | 'secret' | 'payload';

export function kindOf(name: string): NameKind {
  if (isSecretName(name)) return 'secret';
  return PAYLOAD_NAME.test(name) ? 'payload' : 'plain';
}

/** A text without quoted secrets, at most 8 KiB long. */
export function redactText(text: string): string {
  const bounded = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${text.length} characters)` : text;
  if (bounded.length < 12) return bounded;
  const shown = bounded.replace(SECRET_IN_TEXT, `$1$2$3${REDACTED}`);
  return shown.includes('://') ? shown.replace(PASSWORD_IN_URL, `$1${REDACTED}`) : shown;
}

/**
 * A copy of a value of a log line without secrets, and without payloads unless requested; at most four levels deep.
 * Errors are handled by their serializer.
 */
export function redactValue(value: unknown, withPayloads: boolean, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
  if (depth >= MAX_DEPTH) return '(nested too deeply)';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redactValue(item, withPayloads, depth + 1));
  return redactFields(value as Record<string, unknown>, withPayloads, depth + 1);
}

function redactFields(fields: Record<string, unknown>, withPayloads: boolean, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value === undefined) continue;
    const kind = kindOf(name);
    const hidden = kind === 'secret' || (kind === 'payload' && !withPayloads);
    copy[name] = hidden ? REDACTED : redactValue(value, withPayloads, depth);
  }
  return copy;
}
