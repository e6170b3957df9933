import type { Logger } from 'pino';
import type { StreamingObstacle } from './exchange/index.ts';
import type { StreamObserver } from './observer.ts';

/** APIs that already have a log line: one for each API, and at most this many. */
const MAX_TOLD = 1_000;

/** Counts answers that are collected because they cannot be streamed, and warns once for each API. */
export class CollectedAnswers {
  readonly #logger: Logger;
  readonly #observer: StreamObserver;
  readonly #told = new Set<string>();

  constructor(logger: Logger, observer: StreamObserver) {
    this.#logger = logger;
    this.#observer = observer;
  }

  report(api: string, { kind, reason }: StreamingObstacle): void {
    this.#observer.answerCollected(kind);
    if (this.#told.has(api) || this.#told.size >= MAX_TOLD) return;
    this.#told.add(api);
    this.#logger.warn(
      { api, reason: kind },
      `streamed answers are collected up to limits.bodyBytes and sent at once: ${reason}`,
    );
  }
}
