import { statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { eventFrame } from './event-frame.ts';

/** The export `handler` of a file, as Lambda's Node runtime expects it. */
type Handler = (event: unknown, context: object) => unknown;
type StreamingHandler = (event: unknown, stream: Writable, context: object) => unknown;

const INVOKE = /^\/20\d\d-\d\d-\d\d\/functions\/([^/?]+)\/(invocations|response-streaming-invocations)(?:\?|$)/;

/** The functions that were passed to `awslambda.streamifyResponse`. */
const streaming = new WeakSet<object>();
/** The prelude to send before the first write of a stream. */
const preludes = new WeakMap<Writable, string>();

export interface LocalLambda {
  /** Loads a function's file, or loads it again after a change. If it cannot be loaded, the previous version stays. */
  load(name: string, file: string): Promise<void>;
  stop(): void;
}

/**
 * Lambda's API for functions that run in this process. It supports functions that stream, which the local AWS does not. Each call runs
 * immediately, and neither signatures nor permissions are checked. `files`: the module of each function by its name.
 */
export async function startLocalLambda(port: number, files: Readonly<Record<string, string>>): Promise<LocalLambda> {
  provideAwsLambda();
  const handlers = new Map<string, Handler | StreamingHandler>();
  const take = async (name: string, file: string) => {
    handlers.set(name, await load(file));
  };
  for (const [name, file] of Object.entries(files)) await take(name, file);
  const server = createServer((request, response) => void serve(request, response, handlers));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    load: take,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function load(file: string): Promise<Handler | StreamingHandler> {
  // Node loads each URL once, so each version of the file needs a different URL.
  const url = pathToFileURL(file);
  url.searchParams.set('version', String(statSync(file).mtimeMs));
  const { handler } = (await import(url.href)) as { handler?: unknown };
  if (typeof handler !== 'function') throw new Error(`${file} exports no function "handler"`);
  return handler as Handler;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: ReadonlyMap<string, Handler | StreamingHandler>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [, encoded = '', api] = INVOKE.exec(request.url ?? '') ?? [];
  const name = decodeURIComponent(encoded);
  const handler = handlers.get(name);
  if (handler === undefined) {
    response.writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' });
    response.end(JSON.stringify({ Message: `Function not found: ${name}` }));
    return;
  }
  let event: unknown;
  try {
    event = JSON.parse(Buffer.concat(chunks).toString() || 'null');
  } catch (error) {
    refuse(response, `Could not parse request body into json: ${errorOf(error).errorMessage}`);
    return;
  }
  const context = { functionName: name, awsRequestId: 'local' };
  if (api === 'invocations') await answer(handler as Handler, event, context, response);
  else await stream(handler, event, context, response);
}

async function answer(handler: Handler, event: unknown, context: object, response: ServerResponse): Promise<void> {
  if (streaming.has(handler)) {
    // AWS would buffer the whole answer here; refuse instead, because the policy probably lacks `streaming`.
    refuse(response, 'this function streams: give its step `streaming: true`');
    return;
  }
  try {
    response.end(JSON.stringify((await handler(event, context)) ?? null));
  } catch (error) {
    response.writeHead(200, { 'x-amz-function-error': 'Unhandled' });
    response.end(JSON.stringify(errorOf(error)));
  }
}

function refuse(response: ServerResponse, Message: string): void {
  response.writeHead(400, { 'x-amzn-errortype': 'InvalidRequestContentException' });
  response.end(JSON.stringify({ Message }));
}

async function stream(
  handler: Handler | StreamingHandler,
  event: unknown,
  context: object,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
  const body: Writable = Object.assign(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        const prelude = Buffer.from(preludes.get(body) ?? '');
        preludes.delete(body);
        response.write(eventFrame('PayloadChunk', Buffer.concat([prelude, chunk])), () => done());
      },
    }),
    // On AWS it sets a header of the function URL's response, which callers of this API do not get.
    { setContentType: () => undefined },
  );
  // The caller has closed the connection: ignore errors of further writes, which nobody reads.
  body.on('error', () => undefined);
  response.on('close', () => body.destroy());
  let complete: object = {};
  try {
    if (streaming.has(handler)) await (handler as StreamingHandler)(event, body, context);
    else body.write(JSON.stringify((await (handler as Handler)(event, context)) ?? null));
    if (!body.destroyed) await finished(body.end());
  } catch (error) {
    const { errorType, errorMessage } = errorOf(error);
    complete = { ErrorCode: errorType, ErrorDetails: errorMessage };
    if (!body.destroyed) await finished(body.end());
  }
  response.end(eventFrame('InvokeComplete', Buffer.from(JSON.stringify(complete))));
}

function errorOf(error: unknown): { readonly errorType: string; readonly errorMessage: string } {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { errorType: name, errorMessage: message };
}

/**
 * Defines what Lambda's Node runtime provides to modules that stream. The prelude is JSON, followed by eight zero bytes and the body. As
 * in that runtime it is sent with the first write: a function that writes nothing sends none.
 */
function provideAwsLambda(): void {
  Object.assign(globalThis, {
    awslambda: {
      streamifyResponse(handler: StreamingHandler): StreamingHandler {
        streaming.add(handler);
        return handler;
      },
      HttpResponseStream: {
        from(stream: Writable, head: unknown): Writable {
          preludes.set(stream, `${JSON.stringify(head)}${'\0'.repeat(8)}`);
          return stream;
        },
      },
    },
  });
}
