import type { Http2Session, Http2Stream } from 'node:http2';
import { types } from 'node:util';
import { StreamList } from './stream-list.ts';
import { StreamTable } from './stream-table.ts';

/** test/unit/server/node-versions.long.ts runs the tests of this file on the newest release of each. */
const TESTED_MAJORS: ReadonlySet<string> = new Set(['24', '26']);

/**
 * The only file that accesses internals of node:http2. test/unit/server/http2-stream-table.test.ts fails when a field moves.
 *
 * A session keeps its open streams in a Map. V8 leaves the outgrown table of a Map pointing to its successor, so once
 * one outgrown table is old, all later ones and the streams in them live until the next full collection: about 10 KB
 * for each request, which is most of a busy server's garbage and half of its pauses. A plain
 * dictionary has no such chain.
 *
 * False: the session is left as it is, because this version of Node was not tried, keeps its streams elsewhere, or has
 * a Map or Set that can do what these tables cannot.
 */
export function replaceStreamTables(session: Http2Session): boolean {
  if (!TESTED_MAJORS.has(process.versions.node.split('.')[0] ?? '') || !isWhole) return false;
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

interface SessionState {
  streams: Map<number, Http2Stream>;
  pendingStreams: Set<Http2Stream>;
}

function isSessionState(value: unknown): value is SessionState {
  if (typeof value !== 'object' || value === null) return false;
  const { streams, pendingStreams } = value as Partial<Record<keyof SessionState, unknown>>;
  return types.isMap(streams) && types.isSet(pendingStreams);
}

/** Whether these tables have all methods of the running Node's Map and Set. */
const isWhole = offersAll(StreamTable.prototype, Map.prototype) && offersAll(StreamList.prototype, Set.prototype);

function offersAll(table: object, original: object): boolean {
  return Reflect.ownKeys(original).every((name) => name in table);
}
