import { createServer } from 'node:http';
import { parentPort } from 'node:worker_threads';

/** Runs in a thread of its own; see steady-lambda.ts. */
const body = Buffer.from('{"ok":true}');
let calls = 0;
const server = createServer((request, response) => {
  calls++;
  request.resume();
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': body.length,
    'x-amzn-requestid': `r-${calls}`,
    'x-amz-executed-version': '$LATEST',
  });
  response.end(body);
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  parentPort?.postMessage({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
parentPort?.on('message', () => parentPort?.postMessage({ calls }));
