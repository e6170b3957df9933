import { createServer } from 'node:net';

/** A Lambda that answers at once, as cheaply as it can, so that the client is what is measured. Prints its port. */
const body = Buffer.from('{"statusCode":200,"tier":"gold","items":[1,2,3],"note":"hello from the function"}');
const answer = Buffer.concat([
  Buffer.from(
    [
      'HTTP/1.1 200 OK',
      'Date: Mon, 01 Jun 2026 00:00:00 GMT',
      'Content-Type: application/json',
      `Content-Length: ${body.byteLength}`,
      'Connection: keep-alive',
      'x-amzn-RequestId: 8f6b5c1e-3c55-4f0e-9d3a-1f1a2b3c4d5e',
      'X-Amz-Executed-Version: $LATEST',
      'X-Amzn-Trace-Id: Root=1-683b9e00-1234567890abcdef12345678;Sampled=0',
      '\r\n',
    ].join('\r\n'),
  ),
  body,
]);

const server = createServer((socket) => {
  let wanted = 0;
  let pending = '';
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1');
    for (;;) {
      if (wanted === 0) {
        const head = pending.indexOf('\r\n\r\n');
        if (head < 0) return;
        const length = /content-length: *(\d+)/i.exec(pending.slice(0, head))?.[1] ?? '0';
        wanted = head + 4 + Number(length);
      }
      if (pending.length < wanted) return;
      pending = pending.slice(wanted);
      wanted = 0;
      socket.write(answer);
    }
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
process.on('disconnect', () => process.exit(0));
