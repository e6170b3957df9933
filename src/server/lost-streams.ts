import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

const POLL_MS = 1_000;

/**
 * Finds the streams that nghttp2 has refused. It resets a stream whose headers break HTTP/2's rules, and node:http2 reports this
 * to nobody; but it exposes the last stream that nghttp2 has processed. A client numbers its streams 1, 3, 5 …, so what is
 * missing among those that JavaScript has seen was refused. `onLost` gets how many are new.
 */
export class LostStreams {
  readonly #watches = new Set<Watch>();
  readonly #onLost: (count: number) => void;
  readonly #timer: NodeJS.Timeout;

  constructor(onLost: (count: number) => void, pollMs = POLL_MS) {
    this.#onLost = onLost;
    this.#timer = setInterval(() => {
      for (const watch of this.#watches) this.#look(watch, false);
    }, pollMs);
    this.#timer.unref();
  }

  watch(session: ServerHttp2Session, socket: Socket): void {
    const watch = new Watch(session);
    this.#watches.add(watch);
    session.on('stream', ({ id }) => watch.seen(id ?? 0));
    // Before node:http2's own listener, which removes the numbers: a health check opens one stream and leaves.
    socket.prependOnceListener('close', () => this.#look(watch, true));
    session.once('close', () => this.#watches.delete(watch));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(watch: Watch, isLast: boolean): void {
    const count = watch.newlyLost(isLast);
    if (count > 0) this.#onLost(count);
  }
}

class Watch {
  readonly #session: ServerHttp2Session;
  #seen = 0;
  #lastSeen = 0;
  #lost = 0;
  #lastProcessed = 0;

  constructor(session: ServerHttp2Session) {
    this.#session = session;
  }

  seen(id: number): void {
    this.#seen++;
    this.#lastSeen = id;
  }

  newlyLost(isLast: boolean): number {
    const { lastProcStreamID: processed = 0 } = this.#session.state;
    // The headers of the last one may still arrive, unless nothing has arrived since the last check.
    const isComplete = processed === this.#lastSeen || processed === this.#lastProcessed || isLast;
    this.#lastProcessed = processed;
    const lost = (processed + 1) / 2 - this.#seen - (isComplete ? 0 : 1);
    const count = Math.max(0, Math.floor(lost) - this.#lost);
    this.#lost += count;
    return count;
  }
}
