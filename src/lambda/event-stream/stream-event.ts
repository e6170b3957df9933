import { decodeTail } from '../result/log-tail.ts';
import type { Frame } from './frame-decoder.ts';
import { FrameError } from './frame-error.ts';

/** What a frame of InvokeWithResponseStream says. `ignored`: an event that this version does not know. */
export type StreamEvent =
  | { readonly kind: 'chunk'; readonly pieces: readonly Uint8Array[] }
  | StreamEnd
  | StreamError
  | { readonly kind: 'ignored' };

/** The last event: the function has ended. */
export interface StreamEnd {
  readonly kind: 'end';
  /** Undefined: it ended well. */
  readonly errorCode: string | undefined;
  /** The runtime's JSON of the error. For the log only. */
  readonly errorDetails: string | undefined;
  readonly logTail: string | undefined;
}

/** The service itself failed after it had begun to answer. */
export interface StreamError {
  readonly kind: 'error';
  readonly name: string;
  /** For the log only. */
  readonly message: string | undefined;
}

/** For JSON that is read as a whole: far more than 4 KB of log and a runtime's error. */
const MAX_JSON_BYTES = 1024 * 1024;
/** As for the log's tail: a runtime writes the trace last. */
const MAX_TEXT = 4096;
/** What becomes a field of the log. */
const NAME_SYNTAX = /^[a-zA-Z][\w.-]{0,127}$/;
const UNNAMED = 'Unknown';

/** Throws FrameError for a frame that is not a message of an event stream, or an end that cannot be read. */
export function readEvent({ headers, payload }: Frame): StreamEvent {
  switch (headers[':message-type']) {
    case 'event':
      switch (headers[':event-type']) {
        case 'PayloadChunk':
          return { kind: 'chunk', pieces: payload };
        case 'InvokeComplete':
          return readEnd(readObject(payload));
        case undefined:
          throw new FrameError('an event has no type');
        default:
          return { kind: 'ignored' };
      }
    case 'exception': {
      const message = messageOf(payload);
      return { kind: 'error', name: nameOf(headers[':exception-type']), message };
    }
    case 'error':
      return { kind: 'error', name: nameOf(headers[':error-code']), message: bounded(headers[':error-message']) };
    default:
      throw new FrameError('a message is neither an event nor an error');
  }
}

function readEnd(end: ReadonlyMap<string, unknown>): StreamEnd {
  const code = end.get('ErrorCode') ?? undefined;
  const name = nameOf(code);
  const details = end.get('ErrorDetails') ?? undefined;
  const tail = end.get('LogResult');
  return {
    kind: 'end',
    // Details without a code, or a code that is not text, are not a success.
    errorCode: code === undefined && details === undefined ? undefined : name,
    errorDetails: bounded([name === UNNAMED ? code : undefined, details].filter(isText).join(': ') || undefined),
    logTail: typeof tail === 'string' ? decodeTail(tail) : undefined,
  };
}

function readObject(payload: readonly Uint8Array[]): ReadonlyMap<string, unknown> {
  const value = parse(payload);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FrameError('the event InvokeComplete is not a JSON object');
  }
  return new Map(Object.entries(value));
}

function messageOf(payload: readonly Uint8Array[]): string | undefined {
  const value = parse(payload);
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const text = fields.get('message') ?? fields.get('Message');
  return typeof text === 'string' ? bounded(text) : undefined;
}

/** Undefined where it is not JSON, or too large to be looked at. */
function parse(payload: readonly Uint8Array[]): unknown {
  let bytes = 0;
  for (const { byteLength } of payload) bytes += byteLength;
  if (bytes > MAX_JSON_BYTES) return undefined;
  try {
    return JSON.parse(Buffer.concat(payload, bytes).toString());
  } catch {
    return undefined;
  }
}

function nameOf(raw: unknown): string {
  return typeof raw === 'string' && NAME_SYNTAX.test(raw) ? raw : UNNAMED;
}

function bounded(text: string | undefined): string | undefined {
  return text?.slice(0, MAX_TEXT);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
