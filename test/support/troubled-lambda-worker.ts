// The thread of troubled-lambda.ts.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createListener } from 'node:net';
import { parentPort } from 'node:worker_threads';
import type { LambdaCounts, Trouble } from './troubled-lambda.ts';

const DURATION_MS = 5;
const runs = new Map<string, number>();
const hanging = new Set<() => void>();
let trouble: Trouble = {};
let resets = 0;
let twice = 0;
let seen = 0;
let connections = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => take(Buffer.concat(chunks), request, response));
});
server.keepAliveTimeout = 0;
// A listener apart: closing it refuses connections and leaves alone what is open.
const listener = createListener((socket) => {
  server.emit('connection', socket);
  connections++;
  socket.on('close', () => {
    connections--;
  });
});

function take(payload: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const { id } = JSON.parse(payload.toString()) as { id: string };
  const share = trouble.resetShare ?? 0;
  seen++;
  const resetting = share > 0 && seen % Math.round(1 / share) === 0;
  if (resetting) resets++;
  if (resetting && resets % 2 === 0) {
    request.socket.resetAndDestroy();
    return;
  }
  const before = runs.get(id) ?? 0;
  if (before === 1) twice++;
  runs.set(id, before + 1);
  const answer = (): void => {
    if (resetting) {
      request.socket.resetAndDestroy();
      return;
    }
    if (trouble.refuses === true) response.setHeader('connection', 'close');
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 2, 'x-amzn-requestid': id });
    response.end('{}');
  };
  if (trouble.hangs !== true) {
    setTimeout(answer, DURATION_MS);
    return;
  }
  hanging.add(answer);
  response.on('close', () => hanging.delete(answer));
}

let port = 0;
listener.listen(port, '127.0.0.1', () => {
  const address = listener.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  parentPort?.postMessage({ port });
});
parentPort?.on('message', (message: 'counts' | { trouble: Trouble }) => {
  if (message === 'counts') {
    const counts: LambdaCounts = { ran: runs.size, twice, resets, waiting: hanging.size, connections };
    parentPort?.postMessage(counts);
    return;
  }
  if (message.trouble.refuses === true) listener.close();
  else if (trouble.refuses === true) listener.listen(port, '127.0.0.1');
  trouble = message.trouble;
  if (trouble.hangs === true) return;
  for (const answer of hanging) answer();
  hanging.clear();
});
