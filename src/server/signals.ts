import { describeError, type Logger } from '../observability/index.ts';

/** What signals can ask for. */
export interface Controlled {
  /** Reads the configuration again. */
  reload(): Promise<void>;
  rollingRestart(): Promise<void>;
  /** Orderly end: serves for `graceMs`, then drains. */
  stop(graceMs: number): Promise<void>;
  /** Ends now. */
  kill(): Promise<void>;
}

export interface SignalOptions {
  readonly process: { on(signal: NodeJS.Signals, listener: () => void): unknown };
  readonly logger: Logger;
  /** Grace period after SIGTERM, so that load balancers notice; Ctrl-C has none. */
  readonly graceMs: number;
}

export interface SignalControl {
  /** From now on signals act on this. Of earlier signals an end is remembered, the others are dropped. */
  attach(controlled: Controlled): void;
  /** As SIGTERM would, e.g. after too many errors; `code` becomes the exit code. */
  stop(graceMs: number, code: number): void;
  /** True if an end was requested. */
  readonly stopping: boolean;
  /** The exit code, when all has ended. */
  readonly ended: Promise<number>;
}

/**
 * SIGHUP reloads, SIGUSR2 restarts the workers one by one, SIGTERM drains, SIGINT drains without the grace; a second
 * SIGTERM or SIGINT ends at once, with code 1.
 */
export function handleSignals(options: SignalOptions): SignalControl {
  const { process, logger } = options;
  let controlled: Controlled | undefined;
  let stopping = false;
  let exitCode = 0;
  let end: (code: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  const attempt = (what: string, work: (target: Controlled) => Promise<void>): void => {
    if (controlled === undefined || stopping) return;
    work(controlled).catch((error: unknown) => logger.error({ problem: describeError(error) }, `${what} failed`));
  };

  const stop = (graceMs: number, code: number): void => {
    if (stopping) return;
    stopping = true;
    exitCode = code;
    if (controlled === undefined) return;
    controlled.stop(graceMs).then(
      () => end(exitCode),
      (error: unknown) => {
        logger.error({ problem: describeError(error) }, 'drain failed');
        end(1);
      },
    );
  };
  const onEnd = (signal: NodeJS.Signals, graceMs: number): void => {
    if (!stopping) {
      logger.info({ signal, graceMs }, 'draining');
      stop(graceMs, 0);
      return;
    }
    logger.warn({ signal }, 'second signal; whatever still runs is cut');
    void (controlled?.kill() ?? Promise.resolve()).finally(() => end(1));
  };
  process.on('SIGTERM', () => onEnd('SIGTERM', options.graceMs));
  process.on('SIGINT', () => onEnd('SIGINT', 0));
  process.on('SIGHUP', () => attempt('reload', (target) => target.reload()));
  process.on('SIGUSR2', () => attempt('rolling restart', (target) => target.rollingRestart()));

  return {
    attach(target) {
      controlled = target;
      if (!stopping) return;
      stopping = false;
      stop(0, exitCode);
    },
    stop,
    get stopping() {
      return stopping;
    },
    ended,
  };
}
