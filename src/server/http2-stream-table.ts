import type { Http2Session, Http2Stream } from 'node:http2';

const testedMajor = '24';

/**
 * The only file that reaches into node:http2 (Node 24). test/unit/server/http2-stream-table.test.ts fails when a field
 * moves.
 *
 * A session keeps its open streams in a Map. V8 leaves the outgrown table of a Map pointing to its successor, so once
 * one outgrown table is old, all later ones and the streams in them live until the next full collection: about 10 KB
 * for each request, which is most of the garbage that a busy server's memory holds, and half of its pauses. A plain
 * dictionary has no such chain.
 */
export function replaceStreamTables(session: Http2Session): boolean {
  // Another version may ask more of a Map than these tables offer.
  if (process.versions.node.split('.')[0] !== testedMajor) return false;
  for (const symbol of Object.getOwnPropertySymbols(session)) {
    const state: unknown = Reflect.get(session, symbol);
    if (!isSessionState(state)) continue;
    const streams = new StreamTable();
    state.streams.forEach((stream, id) => {
      streams.set(id, stream);
    });
    const pending = new StreamList();
    state.pendingStreams.forEach((stream) => {
      pending.add(stream);
    });
    state.streams = streams;
    state.pendingStreams = pending;
    return true;
  }
  return false;
}

/** As much of a Map as node:http2 uses. */
type Streams = Pick<Map<number, Http2Stream>, 'get' | 'delete' | 'size'> & {
  set(id: number, stream: Http2Stream): unknown;
  forEach(visit: (stream: Http2Stream, id: number) => void): void;
};

/** As much of a Set as node:http2 uses. */
type PendingStreams = Pick<Set<Http2Stream>, 'delete' | 'size'> & {
  add(stream: Http2Stream): unknown;
  forEach(visit: (stream: Http2Stream) => void): void;
};

interface SessionState {
  streams: Streams;
  pendingStreams: PendingStreams;
}

function isSessionState(value: unknown): value is SessionState {
  if (typeof value !== 'object' || value === null) return false;
  const { streams, pendingStreams } = value as Partial<Record<keyof SessionState, unknown>>;
  return offers(streams, ['get', 'set', 'delete', 'forEach']) && offers(pendingStreams, ['add', 'delete', 'forEach']);
}

function offers(value: unknown, methods: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    methods.every((name) => typeof Reflect.get(value, name) === 'function')
  );
}

class StreamTable implements Streams {
  readonly #byId: Record<number, Http2Stream> = Object.create(null);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): Http2Stream | undefined {
    return this.#byId[id];
  }

  set(id: number, stream: Http2Stream): void {
    if (this.#byId[id] === undefined) this.#size++;
    this.#byId[id] = stream;
  }

  delete(id: number): boolean {
    if (this.#byId[id] === undefined) return false;
    delete this.#byId[id];
    this.#size--;
    return true;
  }

  /** Like a Map's it may be changed while it is visited. */
  forEach(visit: (stream: Http2Stream, id: number) => void): void {
    for (const id of Object.keys(this.#byId).map(Number)) {
      const stream = this.#byId[id];
      if (stream !== undefined) visit(stream, id);
    }
  }
}

/** A server's streams are pending for no longer than their constructor runs. */
class StreamList implements PendingStreams {
  #streams: Http2Stream[] = [];

  get size(): number {
    return this.#streams.length;
  }

  add(stream: Http2Stream): void {
    if (!this.#streams.includes(stream)) this.#streams.push(stream);
  }

  delete(stream: Http2Stream): boolean {
    const index = this.#streams.indexOf(stream);
    if (index === -1) return false;
    this.#streams.splice(index, 1);
    return true;
  }

  forEach(visit: (stream: Http2Stream) => void): void {
    for (const stream of [...this.#streams]) visit(stream);
  }
}
