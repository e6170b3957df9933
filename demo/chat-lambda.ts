import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';

const PATH = '/2021-11-15/functions/chat/response-streaming-invocations';
const TOKEN_MS = 100;

/** A Lambda service with one function, which streams: it says the prompt back, word by word, as a language model would. */
export async function startChatLambda(port: number): Promise<{ stop(): void }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url !== PATH) {
      response.writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' }).end('{}');
      return;
    }
    const { prompt } = JSON.parse(Buffer.concat(chunks).toString()) as { prompt: string };
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    await chat(response, String(prompt));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What awslambda.HttpResponseStream sends: a prelude, eight zero bytes, and the body. */
async function chat(response: ServerResponse, prompt: string): Promise<void> {
  const head = { statusCode: 200, headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' } };
  response.write(frame('PayloadChunk', `${JSON.stringify(head)}${'\0'.repeat(8)}`));
  for (const word of ['You', 'said:', ...prompt.split(' ')]) {
    response.write(frame('PayloadChunk', `data: ${word}\n\n`));
    await sleep(TOKEN_MS);
  }
  response.end(frame('InvokeComplete', '{}'));
}

/** A frame of AWS's event stream: lengths, their CRC, headers, payload, the CRC of all. */
function frame(type: 'PayloadChunk' | 'InvokeComplete', payload: string): Buffer {
  const headers = Buffer.concat([header(':message-type', 'event'), header(':event-type', type)]);
  const body = Buffer.from(payload);
  const bytes = Buffer.alloc(16 + headers.length + body.length);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(headers.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  headers.copy(bytes, 12);
  body.copy(bytes, 12 + headers.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

function header(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name), Buffer.of(7, 0, value.length), Buffer.from(value)]);
}
