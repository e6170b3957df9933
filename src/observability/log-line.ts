import { type Logger, symbols } from 'pino';
import { kindOf, type NameKind, REDACTED, redactText, redactValue } from './redaction.ts';

/** What pino keeps in a logger for writing its lines. */
interface LoggerParts {
  /** `{"level":"info"` for each level. */
  readonly [symbols.lsCacheSym]: Readonly<Record<number, string>>;
  /** Fields of every line of this logger, as JSON. */
  readonly [symbols.chindingsSym]: string;
  readonly [symbols.endSym]: string;
  readonly [symbols.stringifySym]: (value: unknown, safely: unknown) => string | undefined;
  readonly [symbols.stringifySafeSym]: unknown;
}

export interface LineOptions {
  /** Whether payloads are written. */
  readonly withPayloads: boolean;
  /** Serializes the field `err`. */
  readonly serializeError: (error: unknown) => unknown;
}

/**
 * Makes a logger and its children write their fields in one pass, without secrets. With pino's formatters and serializers a line takes
 * three times as long, because the fields are copied first. pino exports the symbols for this purpose.
 */
export function writeLines(logger: Logger, options: LineOptions): void {
  Object.assign(logger, {
    [symbols.asJsonSym](
      this: LoggerParts,
      fields: Readonly<Record<string, unknown>>,
      message: string | undefined,
      level: number,
      time: string,
    ): string {
      const start = `${this[symbols.lsCacheSym][level]}${time}${inOneLine(this[symbols.chindingsSym])}`;
      const told = message === undefined ? '' : `,"msg":${quoted(message)}`;
      return `${start}${fieldsJson(this, fields, options)}${told}${this[symbols.endSym]}`;
    },
  });
}

function fieldsJson(logger: LoggerParts, fields: Readonly<Record<string, unknown>>, options: LineOptions): string {
  let json = '';
  for (const name in fields) {
    const value = fields[name];
    if (value === undefined || !Object.hasOwn(fields, name)) continue;
    const { start, kind } = fieldOf(name);
    const isHidden = kind === 'secret' || (kind === 'payload' && !options.withPayloads);
    const text = isHidden ? `"${REDACTED}"` : valueJson(logger, name, value, options);
    if (text !== undefined) json += start + text;
  }
  return json;
}

/** Undefined: JSON has no such value. */
function valueJson(
  logger: LoggerParts,
  name: string,
  value: unknown,
  { withPayloads, serializeError }: LineOptions,
): string | undefined {
  if (name === 'err') return other(logger, serializeError(redactValue(value, withPayloads)));
  switch (typeof value) {
    case 'string':
      return value.length <= SHORT && PLAIN.test(value) ? `"${value}"` : quoted(redactText(value));
    case 'number':
      return Number.isFinite(value) ? `${value}` : 'null';
    case 'boolean':
      return `${value}`;
    case 'function':
      return undefined;
    default:
      return other(logger, redactValue(value, withPayloads));
  }
}

interface Field {
  /** `,"name":` */
  readonly start: string;
  readonly kind: NameKind;
}

/** More than the code has: names of fields never come from requests. */
const MAX_FIELDS = 1_000;
const fieldsByName = new Map<string, Field>();

function fieldOf(name: string): Field {
  const known = fieldsByName.get(name);
  if (known !== undefined) return known;
  if (fieldsByName.size >= MAX_FIELDS) fieldsByName.clear();
  const field = { start: `,${quoted(name)}:`, kind: kindOf(name) };
  fieldsByName.set(name, field);
  return field;
}

function other(logger: LoggerParts, value: unknown): string | undefined {
  const json = logger[symbols.stringifySym](value, logger[symbols.stringifySafeSym]);
  return json === undefined ? undefined : inOneLine(json);
}

/** Ids, names and numbers: JSON does not escape them, and without a colon, blank, equals sign or quote nothing can look like a secret. */
const PLAIN = /^[\w$./@+-]*$/;
const SHORT = 256;
const WITHOUT_ESCAPES = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return WITHOUT_ESCAPES.test(text) ? `"${text}"` : inOneLine(JSON.stringify(text));
}

/** Characters that JSON does not escape: Unicode line breaks, terminal controls, and characters that reverse the text direction. */
const UNSAFE = /[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;

/** Escapes them. They occur only within strings, so the meaning stays the same. Readers in Node and Python end a line at some of them. */
function inOneLine(json: string): string {
  return json.replace(UNSAFE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

let second = Number.NaN;
let secondJson = '';

/** The field `time` in ISO 8601. The text of the second is reused, because under load most lines have the same second. */
export function timeJson(): string {
  const now = Date.now();
  const current = Math.floor(now / 1000);
  if (current !== second) {
    second = current;
    secondJson = `,"time":"${new Date(current * 1000).toISOString().slice(0, -4)}`;
  }
  return `${secondJson}${String(now - current * 1000).padStart(3, '0')}Z"`;
}
