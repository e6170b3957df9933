import { connect, createServer, type Server, type Socket } from 'node:net';
import { type BenchCase, benchCases } from './cases.ts';
import { orderFor } from './measure/group.ts';
import { processUsage } from './measure/process-usage.ts';
import { type BenchEnvironment, startBenchEnvironment } from './parts/environment.ts';
import type { GoPrograms } from './parts/go.ts';
import { figure, markdownTable } from './report/text.ts';
import { ownSubject } from './subjects/own.ts';
import type { Subject } from './subjects/subject.ts';

const BUSY_SECONDS = 10;
/** Twice as many still get a connection each: the sidecar opens up to 2,048 connections to one function. */
const WAITING = 1_000;
/** Larger bodies would reach the limit of all buffered bytes. */
const caseNames: ReadonlySet<string> = new Set(['send', 'body-1k']);

export interface MemoryRow {
  readonly benchCase: BenchCase;
  /** RSS of one worker in MiB when it is ready; `busyMiB`: after the load. */
  readonly readyMiB: number;
  readonly busyMiB: number;
  /** Memory in KiB of each request that waits for a function that does not answer. */
  readonly waitingKiB: number;
}

/** Memory of one worker. Envoy, load and backend are those of the benchmark; the function that never answers is in this process. */
export async function measureMemory(
  go: GoPrograms | undefined,
  root: string,
  progress: (text: string) => void,
): Promise<readonly MemoryRow[]> {
  const silent = await SilentFunction.start();
  const own = { name: 'own', title: 'this project', checkout: root, workers: 1 };
  const environment = await startBenchEnvironment({
    go,
    gracefulClose: true,
    progress,
    subjects: (context) => [
      ownSubject(own, context),
      ownSubject({ ...own, name: 'waiting' }, { ...context, lambda: silent.url }),
    ],
  });
  try {
    const rows: MemoryRow[] = [];
    const [busy, waiting] = environment.subjects;
    if (busy === undefined || waiting === undefined) throw new Error('no subject to measure');
    for (const benchCase of benchCases.filter(({ name }) => caseNames.has(name))) {
      progress(`memory: ${benchCase.name}`);
      const loaded = await underLoad(busy, benchCase, environment);
      rows.push({ benchCase, ...loaded, waitingKiB: await ofWaiting(waiting, benchCase, environment, silent) });
    }
    return rows;
  } finally {
    silent.stop();
    await environment.stop();
  }
}

async function underLoad(
  subject: Subject,
  benchCase: BenchCase,
  { load, url }: BenchEnvironment,
): Promise<Pick<MemoryRow, 'readyMiB' | 'busyMiB'>> {
  const server = await subject.start(benchCase);
  try {
    const { pid = 0 } = server;
    const readyMiB = processUsage(pid).rssMiB;
    const order = orderFor({ subject, benchCase, cold: false }, url);
    await load.run({ ...order, connections: 32, seconds: BUSY_SECONDS });
    return { readyMiB, busyMiB: processUsage(pid).rssMiB };
  } finally {
    await server.stop();
  }
}

/** Half of the requests are sent before the first reading, so that one-time costs of the first requests do not count. */
async function ofWaiting(
  subject: Subject,
  benchCase: BenchCase,
  { url }: BenchEnvironment,
  silent: SilentFunction,
): Promise<number> {
  const server = await subject.start(benchCase);
  const callers: Socket[] = [];
  try {
    const { pid = 0 } = server;
    const order = orderFor({ subject, benchCase, cold: false }, url);
    const open = async (count: number): Promise<number> => {
      await new Promise<void>((resolve, reject) => {
        callers.push(...Array.from({ length: count }, () => call(order, reject)));
        silent.asked(callers.length).then(resolve);
      });
      return processUsage(pid).rssMiB;
    };
    const before = await open(WAITING);
    return (((await open(WAITING)) - before) * 1024) / WAITING;
  } finally {
    for (const caller of callers) caller.destroy();
    await server.stop();
    silent.forget();
  }
}

function call({ url, method, headers, body }: ReturnType<typeof orderFor>, fail: (error: Error) => void): Socket {
  const { hostname, port, pathname, search, host } = new URL(url);
  const lines = Object.entries({ ...headers, host, 'content-length': String(Buffer.byteLength(body)) });
  const socket = connect(Number(port), hostname);
  socket.on('error', fail);
  socket.once('data', (answer) => fail(new Error(`a request that should wait got ${answer.toString().slice(0, 80)}`)));
  socket.write(
    `${method} ${pathname}${search} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  );
  return socket;
}

/** Reads requests and never answers. */
class SilentFunction {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #waiting: { count: number; done(): void } | undefined;

  private constructor() {
    this.#server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => {
        this.#sockets.add(socket);
        if (this.#sockets.size >= (this.#waiting?.count ?? Number.POSITIVE_INFINITY)) this.#waiting?.done();
      });
      socket.resume();
    });
  }

  static start(): Promise<SilentFunction> {
    const silent = new SilentFunction();
    return new Promise((resolve) => silent.#server.listen(0, '127.0.0.1', () => resolve(silent)));
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  /** Resolves when `count` requests have arrived in total. */
  asked(count: number): Promise<void> {
    if (this.#sockets.size >= count) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting = { count, done: resolve };
    });
  }

  forget(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    this.#waiting = undefined;
  }

  stop(): void {
    this.forget();
    this.#server.close();
  }
}

export function renderMemory(rows: readonly MemoryRow[]): string {
  const head = ['MiB of one worker', 'at `ready`', `after ${BUSY_SECONDS} s of load`, 'KiB of a waiting request'];
  return markdownTable(
    head,
    rows.map(({ benchCase, readyMiB, busyMiB, waitingKiB }) => [
      benchCase.title,
      ...[readyMiB, busyMiB, waitingKiB].map(figure),
    ]),
  );
}
