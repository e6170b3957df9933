// The thread of rate.ts.
import { connect, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { type RateOptions, type RateResult, UNANSWERED_AFTER_MS } from './rate.ts';
import { ResponseReader } from './response-reader.ts';

const options = workerData as RateOptions;
let targets = [new URL(options.url)];
let turn = 0;
const total = Math.round(options.perSecond * options.seconds);

class Connection {
  readonly target: URL;
  readonly #socket: Socket;
  readonly #reader = new ResponseReader();
  #due: number | undefined;
  #sent = 0;

  constructor(target: URL) {
    this.target = target;
    this.#socket = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#end(error.code ?? error.message));
    this.#socket.on('close', () => this.#end('closed'));
    open++;
    opened++;
  }

  send(index: number, due: number): void {
    this.#due = due;
    this.#sent = performance.now();
    sent++;
    const { target } = this;
    this.#socket.write(`GET ${target.pathname} HTTP/1.1\r\nhost: ${target.host}\r\nx-load-id: ${index}\r\n\r\n`);
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (!this.#reader.push(chunk)) return;
    const due = this.#due;
    this.#due = undefined;
    if (due !== undefined) record(String(this.#reader.status), statuses, due, this.#sent);
    if (this.#reader.closes) this.#socket.destroy();
    else free(this);
  }

  #end(reason: string): void {
    this.#socket.destroy();
    if (!connections.delete(this)) return;
    open--;
    const at = idle.indexOf(this);
    if (at !== -1) idle.splice(at, 1);
    if (this.#due !== undefined) record(reason, errors, this.#due, this.#sent);
    this.#due = undefined;
    sendWaiting();
  }
}

const connections = new Set<Connection>();
const idle: Connection[] = [];
/** When each of the requests that wait was due. */
const waiting: { readonly index: number; readonly due: number }[] = [];
const statuses: Record<string, number> = {};
const errors: Record<string, number> = {};
const times = new Float64Array(total);
let open = 0;
let opened = 0;
let due = 0;
let sent = 0;
let done = 0;
let firstFailure: { readonly at: number; readonly inFlight: number } | undefined;
let failuresSentLater = 0;

const started = performance.now();
const timer = setInterval(() => {
  const until = Math.min(total, Math.floor(((performance.now() - started) / 1000) * options.perSecond));
  for (; due < until; due++) waiting.push({ index: due, due: started + (due / options.perSecond) * 1000 });
  sendWaiting();
  if (due === total) clearInterval(timer);
}, 2);
const giveUp = setTimeout(finish, options.seconds * 1000 + UNANSWERED_AFTER_MS);

parentPort?.on('message', (urls: readonly string[]) => {
  targets = urls.map((url) => new URL(url));
  for (const connection of [...idle]) {
    if (!urls.includes(connection.target.href)) connection.close();
  }
  sendWaiting();
});

function sendWaiting(): void {
  while (waiting.length > 0) {
    const connection = idle.pop() ?? grow();
    if (connection === undefined) return;
    const next = waiting.shift();
    if (next !== undefined) connection.send(next.index, next.due);
  }
}

function grow(): Connection | undefined {
  if (open >= options.maxConnections) return undefined;
  const target = targets[turn++ % targets.length];
  if (target === undefined) return undefined;
  const connection = new Connection(target);
  connections.add(connection);
  return connection;
}

function free(connection: Connection): void {
  idle.push(connection);
  sendWaiting();
}

function record(what: string, counts: Record<string, number>, since: number, sentAt: number): void {
  if (counts === errors || what !== '200') {
    if (firstFailure === undefined) firstFailure = { at: performance.now(), inFlight: sent - done };
    else if (sentAt > firstFailure.at) failuresSentLater++;
  }
  counts[what] = (counts[what] ?? 0) + 1;
  times[done] = performance.now() - since;
  done++;
  if (done === total) finish();
}

function finish(): void {
  clearTimeout(giveUp);
  if (done < total) errors.unanswered = total - done;
  const sorted = times.subarray(0, done).sort();
  const result: RateResult = {
    requests: total,
    statuses,
    errors,
    failures: total - (statuses[200] ?? 0),
    inFlightAtFirstFailure: firstFailure?.inFlight ?? 0,
    failuresSentLater,
    perSecond: done / ((performance.now() - started) / 1000),
    connections: opened,
    p50: sorted[Math.floor(done * 0.5)] ?? 0,
    p99: sorted[Math.floor(done * 0.99)] ?? 0,
    max: sorted[done - 1] ?? 0,
  };
  parentPort?.postMessage(result);
  for (const connection of connections) connection.close();
  parentPort?.close();
}
