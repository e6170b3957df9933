import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An HTTP/2 connection written byte by byte, for headers that no HTTP/2 client sends. */
export interface RawHttp2 {
  readonly socket: Socket;
  /** Opens the next stream with these headers, which replace those of a good gRPC request; gives its number. */
  open(headers: Readonly<Record<string, string | readonly string[] | undefined>>): number;
  data(stream: number, bytes: Uint8Array): void;
  /** The error code of RST_STREAM or the kind of the first frame that the stream gets: `RST_STREAM 1`, `HEADERS`. */
  answer(stream: number): Promise<string>;
}

const TYPES = [
  'DATA',
  'HEADERS',
  'PRIORITY',
  'RST_STREAM',
  'SETTINGS',
  'PUSH_PROMISE',
  'PING',
  'GOAWAY',
  'WINDOW_UPDATE',
];
const HEADERS = 1;
const SETTINGS = 4;
const END_HEADERS = 4;

/** `unix:/path` or `host:port`. */
export async function openRawHttp2(address: string): Promise<RawHttp2> {
  const socket = address.startsWith('unix:')
    ? connect(address.slice('unix:'.length))
    : connect(Number(address.split(':').at(-1)), address.slice(0, address.lastIndexOf(':')));
  socket.on('error', () => {});
  const answers = new Map<number, string>();
  let wake = Promise.withResolvers<void>();
  let pending = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= 9 && pending.length >= 9 + pending.readUIntBE(0, 3)) {
      const length = pending.readUIntBE(0, 3);
      const type = TYPES[pending[3] ?? 0] ?? '?';
      const stream = pending.readUInt32BE(5);
      const said = type === 'RST_STREAM' ? `${type} ${pending.readUInt32BE(9)}` : type;
      if (!answers.has(stream)) answers.set(stream, said);
      pending = pending.subarray(9 + length);
    }
    wake.resolve();
    wake = Promise.withResolvers();
  });
  await once(socket, 'connect');
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(frame(SETTINGS, 0, 0, Buffer.alloc(0)));
  let next = 1;
  return {
    socket,
    open(headers) {
      const stream = next;
      next += 2;
      const all = { ...GOOD, ...headers };
      const pairs = Object.entries(all).flatMap(([name, value]) =>
        [value ?? []].flat().map((one) => literal(name, one)),
      );
      socket.write(frame(HEADERS, END_HEADERS, stream, Buffer.concat(pairs)));
      return stream;
    },
    data: (stream, bytes) => void socket.write(frame(0, 0, stream, bytes)),
    async answer(stream) {
      for (;;) {
        const found = answers.get(stream);
        if (found !== undefined) return found;
        await wake.promise;
      }
    },
  };
}

const GOOD = {
  ':method': 'POST',
  ':scheme': 'http',
  ':path': '/envoy.service.ext_proc.v3.ExternalProcessor/Process',
  ':authority': 'lambda-ext-proc',
  'content-type': 'application/grpc',
  te: 'trailers',
};

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** RFC 7541, 6.2.2: not indexed, its name and value as they are. */
function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([integer(bytes.length), bytes]);
}

/** RFC 7541, 5.1, with a prefix of seven bits. */
function integer(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
