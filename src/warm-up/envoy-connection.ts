import type { Socket } from 'node:net';
import {
  ACK,
  END_STREAM,
  FIRST_WINDOW,
  type Frame,
  FrameReader,
  frameType,
  preface,
  writeFrame,
  writeHeaders,
} from './http2-frames.ts';

/** Receives what the server sends on a stream. */
export interface StreamReader {
  /** One gRPC message, without its prefix. */
  message(bytes: Buffer): void;
  /** The server has ended the stream, or the connection is closed. */
  ended(): void;
}

/** Envoy's end of a stream. */
export interface EnvoyStream {
  send(message: Buffer): void;
  /** With END_STREAM, as Envoy does with `ext_proc_graceful_grpc_close`, or with a reset. */
  close(how: 'end' | 'reset'): void;
}

interface Open {
  readonly reader: StreamReader;
  /** The beginning of an incomplete message. */
  received: Buffer;
}

/** Flag and length before each gRPC message. */
const PREFIX_BYTES = 5;
/** No stream is opened with a smaller window: all open streams together send less than this. */
const RESERVED_WINDOW = 32 * 1024;
const CANCEL = Buffer.of(0, 0, 0, 8);
const nothing = Buffer.alloc(0);

/**
 * Envoy's end of one connection, with only as much of HTTP/2 as this server needs: the time of a warm-up is for the code of the server,
 * and callers' requests never run the code of an HTTP/2 client. Like Envoy, it answers everything that arrived together in one write.
 */
export class EnvoyConnection {
  readonly #socket: Socket;
  readonly #frames = new FrameReader();
  readonly #streams = new Map<number, Open>();
  #nextId = 1;
  #out: Buffer[] = [];
  #window = FIRST_WINDOW;
  #waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    const take = (frame: Frame): void => this.#take(frame);
    socket.on('data', (chunk: Buffer) => this.#frames.read(chunk, take));
    // Its 'close' event ends the streams.
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const id of this.#streams.keys()) this.#end(id);
      this.#wake();
    });
    this.#write(preface());
  }

  /** Opens a stream once the window of the connection allows it. `headers`: a header block. */
  async open(headers: Buffer, reader: StreamReader): Promise<EnvoyStream> {
    while (this.#window < RESERVED_WINDOW && !this.#socket.destroyed) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const id = this.#nextId;
    this.#nextId += 2;
    this.#streams.set(id, { reader, received: nothing });
    if (this.#socket.destroyed) this.#end(id);
    this.#write(writeHeaders(id, headers));
    return {
      send: (message) => {
        const bytes = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
        bytes[0] = 0;
        bytes.writeUInt32BE(message.length, 1);
        message.copy(bytes, PREFIX_BYTES);
        this.#window -= bytes.length;
        this.#write(writeFrame(frameType.data, 0, id, bytes));
      },
      close: (how) => {
        if (how === 'end') return this.#write(writeFrame(frameType.data, END_STREAM, id));
        this.#write(writeFrame(frameType.reset, 0, id, CANCEL));
        this.#end(id);
      },
    };
  }

  close(): void {
    this.#socket.destroy();
  }

  #take({ type, flags, stream: id, payload }: Frame): void {
    switch (type) {
      case frameType.data:
        this.#read(id, payload);
        break;
      case frameType.headers:
        if (flags & END_STREAM) this.#end(id);
        break;
      case frameType.reset:
        this.#end(id);
        break;
      case frameType.settings:
      case frameType.ping:
        if ((flags & ACK) === 0) this.#write(writeFrame(type, ACK, 0, type === frameType.ping ? payload : nothing));
        break;
      case frameType.windowUpdate:
        if (id === 0) this.#window += payload.readUInt32BE();
        this.#wake();
    }
  }

  #read(id: number, payload: Buffer): void {
    const open = this.#streams.get(id);
    if (open === undefined) return;
    let bytes = open.received.length === 0 ? payload : Buffer.concat([open.received, payload]);
    while (bytes.length >= PREFIX_BYTES) {
      const end = PREFIX_BYTES + bytes.readUInt32BE(1);
      if (bytes.length < end) break;
      open.reader.message(bytes.subarray(PREFIX_BYTES, end));
      bytes = bytes.subarray(end);
    }
    open.received = bytes;
  }

  #end(id: number): void {
    const open = this.#streams.get(id);
    if (!this.#streams.delete(id)) return;
    open?.reader.ended();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #write(frame: Buffer): void {
    if (this.#out.length === 0) setImmediate(() => this.#socket.write(Buffer.concat(this.#out.splice(0))));
    this.#out.push(frame);
  }
}
