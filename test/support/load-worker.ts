// The thread of load.ts. Raw sockets and a parser for just what Envoy sends: undici takes 30 µs of CPU for a request,
// this takes a third of it, and on two cores the load generator's share is throughput that the sidecar doesn't get.
import { connect, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { LoadOptions, LoadResult } from './load.ts';
import { ResponseReader } from './response-reader.ts';

const options = workerData as LoadOptions;
const target = new URL(options.url);
const request = requestBytes();
const expected = options.expectStatus ?? 200;
const limit = options.requests ?? Number.POSITIVE_INFINITY;
const deadline = options.seconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + options.seconds * 1000;

let sent = 0;
let done = 0;
let wrongLengths = 0;
const statuses: Record<string, number> = {};
const errors: Record<string, number> = {};
// Buckets that grow by 1 %, from a microsecond on: the memory of a million requests is that of one.
const buckets = new Float64Array(2500);
let max = 0;

const started = performance.now();
const cpuBefore = process.threadCpuUsage();
await Promise.all(Array.from({ length: options.connections }, runConnection));
const seconds = (performance.now() - started) / 1000;
const cpu = process.threadCpuUsage(cpuBefore);

const result: LoadResult = {
  requests: done,
  failures: done - (statuses[expected] ?? 0) + wrongLengths,
  statuses,
  errors,
  seconds,
  requestsPerSecond: done / seconds,
  p50: quantile(0.5),
  p90: quantile(0.9),
  p99: quantile(0.99),
  max,
  buckets,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
};
parentPort?.postMessage(result);

function requestBytes(): Buffer {
  const body = Buffer.from(options.body ?? '');
  const headers: Record<string, string> = { host: target.host, ...options.headers };
  if (body.length > 0) headers['content-length'] = String(body.length);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${options.method ?? 'GET'} ${target.pathname}${target.search} HTTP/1.1\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** One connection's requests, one after the other; a broken connection is replaced and its request counted as failed. */
async function runConnection(): Promise<void> {
  while (maySend()) {
    const reason = await runSocket();
    if (reason === undefined) continue;
    sent++;
    done++;
    errors[reason] = (errors[reason] ?? 0) + 1;
    // A refused connection fails at once: without a pause a stopped Envoy is all that this would measure.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function maySend(): boolean {
  return sent < limit && performance.now() < deadline;
}

/** Resolves with why a request that was under way (or the connect) got no answer; undefined when none was. */
function runSocket(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    const reader = new ResponseReader(options.method === 'HEAD');
    let begun = 0;
    let underWay: 'connect' | 'request' | 'none' = 'connect';
    const next = () => {
      if (!maySend()) {
        underWay = 'none';
        socket.destroy();
        return;
      }
      sent++;
      underWay = 'request';
      begun = performance.now();
      socket.write(request);
    };
    const end = (reason: string) => {
      socket.destroy();
      // A request that was sent is counted by the caller, once.
      if (underWay === 'request') sent--;
      resolve(underWay === 'none' ? undefined : reason);
      underWay = 'none';
    };
    socket.on('connect', next);
    socket.on('data', (chunk) => {
      let finished: boolean;
      try {
        finished = reader.push(chunk);
      } catch (error) {
        end(error instanceof Error ? error.message : String(error));
        return;
      }
      if (!finished) return;
      record(reader.status, performance.now() - begun);
      if (reader.status === expected) checkLength(reader.bodyBytes);
      underWay = 'none';
      if (reader.closes) socket.destroy();
      else next();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    socket.on('close', () => end('closed'));
  });
}

function record(status: number, milliseconds: number): void {
  done++;
  statuses[status] = (statuses[status] ?? 0) + 1;
  if (milliseconds > max) max = milliseconds;
  const bucket = Math.min(buckets.length - 1, Math.max(0, Math.floor(Math.log(milliseconds * 1000) / Math.log(1.01))));
  buckets[bucket] = (buckets[bucket] ?? 0) + 1;
}

function checkLength(bytes: number): void {
  if (options.expectBytes === undefined || options.expectBytes === bytes) return;
  wrongLengths++;
  const reason = `a body of ${bytes} bytes`;
  errors[reason] = (errors[reason] ?? 0) + 1;
}

function quantile(share: number): number {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [bucket, count] of buckets.entries()) {
    seen += count;
    if (count > 0 && seen >= total * share) return 1.01 ** (bucket + 0.5) / 1000;
  }
  return 0;
}
