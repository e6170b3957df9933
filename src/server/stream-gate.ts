import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { status } from '@grpc/grpc-js';
import type { Refusals } from './refusals.ts';
import { keepTextMetadata, type TextMetadata } from './text-metadata.ts';

export interface StreamGateOptions {
  readonly metadata: TextMetadata | undefined;
  /** Paths of methods that watch for their first message themselves. */
  readonly watched: Pick<ReadonlyMap<string, unknown>, 'has'>;
  readonly firstMessageMs: number;
  readonly refusals: Refusals;
}

/** A coding that grpc-js does not know: a message with the compressed flag is then UNIMPLEMENTED and is not decompressed. */
const NO_CODING = 'none';

/** Checks a stream before grpc-js gets it. False: it was answered here. */
export function createStreamGate(options: StreamGateOptions) {
  const { metadata, watched, firstMessageMs, refusals } = options;
  return (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: readonly string[]): boolean => {
    const encoding = headers['grpc-encoding'];
    // Envoy uses none. 60 KB of gzip become 64 MB, beside every limit of ours.
    if (encoding !== undefined && String(encoding).trim().toLowerCase() !== 'identity') {
      refuse(stream, 'compressed messages are not accepted');
      refusals.streams('encoding');
      return false;
    }
    headers['grpc-encoding'] = NO_CODING;
    stream.on('aborted', endWhenReset);
    if (metadata !== undefined) keepTextMetadata(headers, raw, metadata);
    if (!watched.has(headers[':path'] ?? '')) endUnlessAnswered(stream, firstMessageMs, refusals);
    return true;
  };
}

function refuse(stream: ServerHttp2Stream, message: string): void {
  stream.on('error', () => {});
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc+proto',
      'grpc-status': String(status.UNIMPLEMENTED),
      'grpc-message': message,
      'grpc-accept-encoding': 'identity',
    },
    { endStream: true },
  );
  // Nobody reads what the client still sends. In a later turn: Node 26 drops an answer whose stream is closed in the same turn.
  setImmediate(() => stream.close(constants.NGHTTP2_NO_ERROR));
}

/**
 * After RST_STREAM with NO_ERROR, which Envoy 1.36 sends, node:http2 keeps a stream until all that came has been read and all that was
 * written has been sent. Neither may ever happen: the stream is paused, or its client takes no more.
 */
function endWhenReset(this: ServerHttp2Stream): void {
  // In a later turn: a message that came before the reset is handled first.
  if (this.rstCode === constants.NGHTTP2_NO_ERROR) setImmediate(() => this.destroy());
}

/** For methods that answer as soon as they have a message: health, reflection. */
function endUnlessAnswered(stream: ServerHttp2Stream, ms: number, refusals: Refusals): void {
  const timer = setTimeout(() => {
    if (stream.headersSent || stream.destroyed) return;
    refusals.streams('no_message');
    stream.close(constants.NGHTTP2_CANCEL);
  }, ms);
  timer.unref();
  stream.once('close', () => clearTimeout(timer));
}
