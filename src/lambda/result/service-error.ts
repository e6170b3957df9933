import { type Answer, type AnswerHeaders, header } from '../transport/answer.ts';

/** What the service says about an error. */
export interface ServiceErrorAnswer {
  /** E.g. TooManyRequestsException; undefined if the answer does not come from AWS. */
  readonly errorType: string | undefined;
  /** The first line of AWS's own text, bounded. */
  readonly message: string | undefined;
  /** Which limit throttled the call, e.g. CallerRateLimitExceeded. */
  readonly reason: string | undefined;
}

const MAX_BODY_BYTES = 64 * 1024;
const MAX_TEXT = 1024;
/** The form of an error's name, which becomes a field of the log. A number is a gateway's status, not a name of AWS's. */
const NAME_SYNTAX = /^[a-zA-Z][\w.-]{0,127}$/;

/** Reads an error as restJson1 writes it: the header, else `code`, else `__type`. */
export function readServiceError({ headers, body }: Answer): ServiceErrorAnswer {
  const data = parseObject(body);
  const raw = header(headers, 'x-amzn-errortype') ?? codeOf(data) ?? data?.get('__type');
  const text = data?.get('message') ?? data?.get('Message');
  return {
    errorType: raw === undefined ? undefined : nameOf(raw),
    message: typeof text === 'string' ? firstLine(text) : undefined,
    reason: textOf(data?.get('Reason') ?? data?.get('reason')),
  };
}

export function requestIdOf(headers: AnswerHeaders): string | undefined {
  const id =
    header(headers, 'x-amzn-requestid') ?? header(headers, 'x-amzn-request-id') ?? header(headers, 'x-amz-request-id');
  return id?.slice(0, 128);
}

function codeOf(data: ReadonlyMap<string, unknown> | undefined): unknown {
  for (const [key, value] of data ?? []) if (key.toLowerCase() === 'code') return value;
  return undefined;
}

/** When a signature does not match, the service repeats the whole canonical request, session token included. */
const firstLine = (text: string): string => (text.split(/[\r\n]/, 1)[0] ?? '').slice(0, MAX_TEXT);

/** `com.amazonaws.lambda#Name:http://…` is `Name`. */
function nameOf(raw: unknown): string | undefined {
  const text = String(raw).split(',', 1)[0]?.split(':', 1)[0] ?? '';
  const name = text.slice(text.indexOf('#') + 1).trim();
  return NAME_SYNTAX.test(name) ? name : undefined;
}

function textOf(raw: unknown): string | undefined {
  return typeof raw === 'string' && NAME_SYNTAX.test(raw) ? raw : undefined;
}

function parseObject(body: Buffer): ReadonlyMap<string, unknown> | undefined {
  if (body.byteLength === 0 || body.byteLength > MAX_BODY_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}
