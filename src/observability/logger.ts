import { type DestinationStream, destination, type Level, type Logger, pino } from 'pino';
import { timeJson, writeLines } from './log-line.ts';
import { redactText } from './redaction.ts';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  /** `info` by default; stacks of errors and payloads appear from `debug` on. */
  readonly level?: LogLevel | undefined;
  /** Standard output by default, written off the event loop. */
  readonly destination?: DestinationStream | undefined;
  /** Fields of every line, e.g. the worker's number. */
  readonly bindings?: Record<string, unknown> | undefined;
  /** Called for each line that is dropped because the reader of standard output does not keep up. */
  readonly onDrop?: (() => void) | undefined;
}

/** Bytes that may wait in memory for a stalled reader of standard output; further lines are dropped. */
const MAX_PENDING_BYTES = 8 * 1024 * 1024;
/** Under load lines are written together: a write for each would cost as much as the line. At exit all are flushed. */
const WRITE_BYTES = 4096;
const FLUSH_MS = 50;

/**
 * JSON lines with `level` as text and `time` in ISO 8601; secrets are removed by name and by pattern. Bindings of
 * child loggers are written as they are (pino formats them once): only constants belong there.
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  const level = options.level ?? 'info';
  const debugging = level === 'debug' || level === 'trace';
  const logger = pino(
    {
      level,
      base: options.bindings ?? null,
      timestamp: timeJson,
      formatters: { level: (label: string) => ({ level: label as Level }) },
    },
    options.destination ?? standardOutput(options.onDrop),
  );
  writeLines(logger, { withPayloads: debugging, serializeError: (error) => serializeError(error, debugging) });
  return logger;
}

function standardOutput(onDrop: (() => void) | undefined): DestinationStream {
  const stream = destination({
    dest: 1,
    sync: false,
    maxLength: MAX_PENDING_BYTES,
    minLength: WRITE_BYTES,
    periodicFlush: FLUSH_MS,
  });
  stream.on('drop', () => onDrop?.());
  return stream;
}

/** One error as data. Never its other fields: in the AWS SDK these contain whole requests. */
function serializeError(error: unknown, withStack: boolean, depth = 0): unknown {
  if (!(error instanceof Error)) return redactText(String(error));
  const { code, kind } = error as Error & { code?: unknown; kind?: unknown };
  return {
    type: error.name,
    message: redactText(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof kind === 'string' ? { kind } : {}),
    ...(withStack && error.stack !== undefined ? { stack: redactText(error.stack) } : {}),
    ...(error.cause === undefined || depth >= 3 ? {} : { cause: serializeError(error.cause, withStack, depth + 1) }),
  };
}

/** With surrounding blanks; matched only at their beginning, so that a run of blanks costs its length once. */
const LINE_BREAK = /(?<!\s)\s*\n\s*/g;

/** One line for readers: an error and its causes, without stacks. */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  let current: unknown = error;
  while (current !== undefined && parts.length < 4) {
    const text = redactText(current instanceof Error ? current.message || current.name : String(current));
    if (!parts.some((part) => part.includes(text))) parts.push(text);
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts.join(': ').replaceAll(LINE_BREAK, ' ');
}
