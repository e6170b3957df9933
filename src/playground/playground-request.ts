import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonAnswer, type PlaygroundAnswer, textAnswer } from './answers.ts';
import type { PageFile } from './page-files.ts';
import { PlaygroundRefusal, type PlaygroundSource } from './playground-source.ts';
import { readBody } from './read-body.ts';
import { requestRefusal } from './request-guard.ts';
import type { RunSlots } from './run-slots.ts';
import type { Session, Sessions } from './sessions.ts';

const MAX_BODY = 1024 * 1024;
/** Shorter than the time after which a browser gives up. */
const WAIT_MS = 25_000;

/** Shared by all requests of one playground. */
export interface PlaygroundParts {
  readonly source: PlaygroundSource;
  readonly sessions: Sessions;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly slots: RunSlots;
  readonly port: number;
  /** Fires when the server ends. */
  readonly closed: AbortSignal;
}

const CLOSED_PAGE = 'Open the URL that lambda-ext-proc printed: it works once, in the browser that opens it first.';

/** One request to the server, and its answer. */
export class PlaygroundRequest {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #parts: PlaygroundParts;

  constructor(request: IncomingMessage, response: ServerResponse, parts: PlaygroundParts) {
    this.#request = request;
    this.#response = response;
    this.#parts = parts;
  }

  async answer(): Promise<PlaygroundAnswer> {
    const { sessions, port, files } = this.#parts;
    const refusal = requestRefusal(this.#request, port);
    const url = URL.parse(this.#request.url ?? '/', 'http://127.0.0.1');
    if (url === null) return textAnswer(400, 'this is not an address');
    const { method } = this.#request;
    const isCall = url.pathname.startsWith('/api/');
    if (refusal !== undefined) return isCall ? jsonAnswer(403, { error: refusal }) : textAnswer(403, refusal);
    if (isCall) return await this.#call(url);
    if (method !== 'GET' && method !== 'HEAD') {
      return { ...textAnswer(405, 'only GET and HEAD'), headers: { allow: 'GET, HEAD' } };
    }
    const token = url.pathname === '/' && method === 'GET' ? url.searchParams.get('token') : null;
    if (token !== null) {
      const session = sessions.open(token, this.#cookie);
      return session === undefined ? textAnswer(403, CLOSED_PAGE) : this.#opened(session);
    }
    if (!sessions.hasCookie(this.#cookie)) return textAnswer(403, CLOSED_PAGE);
    const file = files.get(url.pathname);
    return file === undefined ? textAnswer(404, 'there is no such page') : { status: 200, ...file };
  }

  /** The page with the key of its calls, for the browser that sends the token. */
  #opened({ cookie, key }: Session): PlaygroundAnswer {
    const page = this.#parts.files.get('/');
    const body = page?.body.toString().replace('name="key" content=""', `name="key" content="${key}"`) ?? '';
    const value = `${this.#cookieName}=${cookie}; Path=/; HttpOnly; SameSite=Strict`;
    return { status: 200, type: 'text/html; charset=utf-8', body, headers: { 'set-cookie': value } };
  }

  async #call({ pathname, searchParams }: URL): Promise<PlaygroundAnswer> {
    const { sessions } = this.#parts;
    const key = this.#request.headers['x-playground-key'];
    if (!sessions.hasCookie(this.#cookie) || !sessions.hasKey(typeof key === 'string' ? key : undefined)) {
      return jsonAnswer(403, { error: CLOSED_PAGE });
    }
    const wanted = pathname === '/api/run' ? 'POST' : pathname === '/api/document' ? 'GET' : undefined;
    if (wanted === undefined) return jsonAnswer(404, { error: 'there is no such call' });
    if (this.#request.method !== wanted) {
      return { ...jsonAnswer(405, { error: `only ${wanted}` }), headers: { allow: wanted } };
    }
    return wanted === 'POST' ? await this.#run() : await this.#document(searchParams.get('after'));
  }

  /** At once if the page has another revision, or none; otherwise when there is a new one, or after a while. */
  async #document(after: string | null): Promise<PlaygroundAnswer> {
    const { source, closed } = this.#parts;
    const revision = after === null ? Number.NaN : Number(after);
    if (revision === source.document().revision) {
      const gone = new AbortController();
      this.#response.once('close', () => gone.abort());
      await source.changed(revision, AbortSignal.any([gone.signal, closed, AbortSignal.timeout(WAIT_MS)]));
    }
    return jsonAnswer(200, source.document());
  }

  async #run(): Promise<PlaygroundAnswer> {
    const { source, slots } = this.#parts;
    if (!/^application\/json\b/i.test(this.#request.headers['content-type'] ?? '')) {
      return jsonAnswer(415, { error: 'the content type is not application/json' });
    }
    const body = await readBody(this.#request, MAX_BODY);
    if (body === undefined) return tooLarge;
    let asked: unknown;
    try {
      asked = JSON.parse(body);
    } catch {
      return jsonAnswer(400, { error: 'the body is not JSON' });
    }
    const running = slots.run(() => source.run(asked));
    if (running === undefined) return jsonAnswer(429, { error: 'too many runs at once; wait for one to end' });
    try {
      return jsonAnswer(200, await running);
    } catch (error) {
      if (error instanceof PlaygroundRefusal) return jsonAnswer(422, { error: error.message });
      throw error;
    }
  }

  /** With the port: cookies of one address are shared by all its ports. */
  get #cookieName(): string {
    return `lambda-ext-proc-playground-${this.#parts.port}`;
  }

  get #cookie(): string | undefined {
    const pairs = (this.#request.headers.cookie ?? '').split(/; */);
    const start = `${this.#cookieName}=`;
    return pairs.find((pair) => pair.startsWith(start))?.slice(start.length);
  }
}

// The rest of the request is not read.
const tooLarge: PlaygroundAnswer = {
  ...jsonAnswer(413, { error: `the request has more than ${MAX_BODY} bytes` }),
  headers: { connection: 'close' },
};
