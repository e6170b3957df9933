import type { Logger, Metrics } from '../observability/index.ts';

export interface UnexpectedErrorOptions {
  readonly process: {
    on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  };
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'unexpectedError'>;
  /** Called after too many in a short time: the process can no longer be trusted. */
  readonly onTooMany: () => void;
  readonly now?: () => number;
}

const MANY = 100;
const WINDOW_MS = 60_000;

/**
 * An uncaught exception comes from one stream's event, and the other streams are sound: the process continues,
 * counts and logs it. 100 of them within a minute mean that something else is broken; then it drains.
 */
export function surviveUnexpectedErrors(options: UnexpectedErrorOptions): void {
  const { logger, metrics, now = Date.now } = options;
  let windowStart = 0;
  let inWindow = 0;
  const handle = (kind: 'exception' | 'rejection', error: unknown): void => {
    metrics.unexpectedError(kind);
    if (now() - windowStart > WINDOW_MS) {
      windowStart = now();
      inWindow = 0;
    }
    inWindow++;
    // A flood must not fill the disk: the counter has their number.
    if (inWindow <= MANY)
      logger.error({ err: error, stack: stackOf(error) }, `unexpected ${kind}; the process continues`);
    if (inWindow === MANY) {
      logger.fatal(`${MANY} unexpected errors within ${WINDOW_MS / 1000} s`);
      options.onTooMany();
    }
  };
  options.process.on('uncaughtException', (error) => handle('exception', error));
  options.process.on('unhandledRejection', (error) => handle('rejection', error));
}

/** A bug's place is worth a stack at every level; it holds no data. */
function stackOf(error: unknown): string | undefined {
  return error instanceof Error
    ? error.stack
        ?.split('\n')
        .slice(1, 6)
        .map((line) => line.trim())
        .join(' | ')
    : undefined;
}
