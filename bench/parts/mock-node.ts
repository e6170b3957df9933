// Replaces bench/go/mock on machines without Go: same argument, same answers.
import { createServer, type Server } from 'node:net';

interface Answers {
  readonly functions: Readonly<Record<string, { readonly contentType: string; readonly bodyBase64: string }>>;
  readonly backend: string;
  readonly tiered: string;
}

const answers = JSON.parse(process.argv[2] ?? '') as Answers;
const invocationHeaders = [
  'x-amzn-RequestId: 8f6b5c1e-3c55-4f0e-9d3a-1f1a2b3c4d5e',
  'X-Amz-Executed-Version: $LATEST',
  'X-Amzn-Trace-Id: Root=1-683b9e00-1234567890abcdef12345678;Sampled=0',
];
const functions = new Map(
  Object.entries(answers.functions).map(([name, { contentType, bodyBase64 }]) => [
    name,
    response(contentType, Buffer.from(bodyBase64, 'base64'), invocationHeaders),
  ]),
);
const plain = response('application/json', Buffer.from(answers.backend), []);
const tiered = response('application/json', Buffer.from(answers.tiered), []);
const other = functions.get('') ?? plain;

function response(contentType: string, body: Buffer, headers: readonly string[]): Buffer {
  const head = ['HTTP/1.1 200 OK', 'Date: Mon, 01 Jun 2026 00:00:00 GMT', `Content-Type: ${contentType}`];
  head.push(`Content-Length: ${body.byteLength}`, ...headers, '\r\n');
  return Buffer.concat([Buffer.from(head.join('\r\n')), body]);
}

function serve(respond: (head: string) => Buffer): Promise<number> {
  const server: Server = createServer((socket) => {
    let pieces: Buffer[] = [];
    let held = 0;
    let wanted = 0;
    let head = '';
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      pieces.push(chunk);
      held += chunk.byteLength;
      if (held < wanted) return;
      let bytes = Buffer.concat(pieces);
      for (;;) {
        if (wanted === 0) {
          const headEnd = bytes.indexOf('\r\n\r\n');
          if (headEnd < 0) break;
          head = bytes.toString('latin1', 0, headEnd + 2).toLowerCase();
          wanted = headEnd + 4 + Number(/\r\ncontent-length: *(\d+)/.exec(head)?.[1] ?? 0);
        }
        // A chunked body ends with its last chunk: no other part of these requests has these bytes.
        if (head.includes('\r\ntransfer-encoding: chunked')) {
          const end = bytes.indexOf('0\r\n\r\n', wanted);
          if (end < 0) break;
          wanted = end + 5;
        }
        if (bytes.byteLength < wanted) break;
        bytes = bytes.subarray(wanted);
        wanted = 0;
        socket.write(respond(head));
        if (bytes.byteLength === 0) break;
      }
      pieces = [bytes];
      held = bytes.byteLength;
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

const lambda = await serve((head) => functions.get(/\/functions\/([^/]*)\//.exec(head)?.[1] ?? '') ?? other);
const backend = await serve((head) => (head.includes('\r\nx-tier:') ? tiered : plain));
process.stdout.write(`${JSON.stringify({ lambda, backend })}\n`);
process.stdin.on('end', () => process.exit(0)).resume();
