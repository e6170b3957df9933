import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExchangeClient, type Message, requestHeaders } from '../test/support/exchange.ts';
import { cpuMicros } from './cpu.ts';

export interface ServerBenchRow {
  readonly subject: string;
  /** CPU of the server for one request, user and system. */
  readonly cpuMicros: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly rssMiB: number;
}

export interface ServerBenchOptions {
  readonly count: number;
  readonly rounds: number;
}

const here = fileURLToPath(new URL('.', import.meta.url));
const streams = 32;
const titles: ReadonlyMap<string, string> = new Map([
  ['own', 'this project, everything on'],
  ['floor', 'bare grpc-js, node:crypto and undici'],
  ['answer', 'bare grpc-js without an invocation'],
]);

/** One ext_proc stream with sendToConsumer each, straight over gRPC; CPU as the kernel counts it (Linux). */
export async function run({ count, rounds }: ServerBenchOptions): Promise<readonly ServerBenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const stub = spawn(process.execPath, [`${here}invoke-stub.ts`], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  try {
    const endpoint = `http://127.0.0.1:${(await firstLine(stub, () => true)).trim()}`;
    const measured = new Map<string, ServerBenchRow[]>();
    for (let round = 0; round < rounds; round++) {
      for (const [name, subject] of titles) {
        const row = { subject, ...(await measure(name, endpoint, join(directory, `${name}${round}`), count)) };
        measured.set(name, [...(measured.get(name) ?? []), row]);
      }
    }
    return [...measured.values()].flatMap((rows) => median(rows));
  } finally {
    stub.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

function median(rows: readonly ServerBenchRow[]): ServerBenchRow[] {
  return rows
    .toSorted((a, b) => a.cpuMicros - b.cpuMicros)
    .slice(Math.floor(rows.length / 2), Math.floor(rows.length / 2) + 1);
}

async function measure(
  name: string,
  endpoint: string,
  base: string,
  count: number,
): Promise<Omit<ServerBenchRow, 'subject'>> {
  const socket = `${base}.sock`;
  const child = name === 'own' ? await startOwn(endpoint, base, socket) : await startBare(name, endpoint, socket);
  const client = new ExchangeClient(`unix:${socket}`);
  try {
    await drive(client, Math.ceil(count / 3));
    const before = cpuMicros(child.pid ?? 0);
    const times = await drive(client, count);
    const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
    return {
      cpuMicros: (cpuMicros(child.pid ?? 0) - before) / count,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      rssMiB: Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    };
  } finally {
    client.close();
    child.kill();
  }
}

/** The real server as it is built, its log at info into a file. */
async function startOwn(endpoint: string, base: string, socket: string): Promise<ChildProcess> {
  const configuration = {
    function: 'f',
    endpoint,
    accessKey: 'AKIDEXAMPLE',
    secretKey: 'secret',
    payload: '{"a":1}',
    sendToConsumer: true,
  };
  writeFileSync(`${base}.json`, JSON.stringify({ version: 1, apis: { default: { request: [{ configuration }] } } }));
  const log = openSync(`${base}.log`, 'w');
  const args = [
    join(here, '../dist/main.js'),
    'serve',
    '--config',
    `${base}.json`,
    '--listen',
    `unix:${socket}`,
    '--admin',
    'off',
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', log, 'inherit'] });
  for (let i = 0; i < 200 && !readFileSync(`${base}.log`, 'utf8').includes('"ready"'); i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return child;
}

async function startBare(name: string, endpoint: string, socket: string): Promise<ChildProcess> {
  const args = [`${here}server-subject.ts`, name, endpoint, socket];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await firstLine(child, (text) => text.includes('ready'));
  return child;
}

function firstLine(child: ChildProcess, fits: (text: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (fits(chunk.toString())) resolve(chunk.toString());
    });
    child.once('exit', () => reject(new Error('a process of the benchmark ended')));
  });
}

/** Of a request as Envoy sends it. */
const message: Message = {
  ...requestHeaders(true, {
    'user-agent': 'curl/8.5.0',
    accept: '*/*',
    'x-forwarded-proto': 'http',
    'x-request-id': '0deedcc4-d6b3-4feb-a696-098ec0556aa8',
    'accept-encoding': 'gzip',
    cookie: 'sid=abc123; theme=dark',
  }),
  protocol_config: {},
};

async function drive(client: ExchangeClient, count: number): Promise<Float64Array> {
  const times = new Float64Array(count);
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next++;
      const started = performance.now();
      const exchange = client.open();
      const reply = await exchange.ask(message);
      times[index] = performance.now() - started;
      if (String(reply?.immediate_response?.status?.code) !== 'OK')
        throw new Error(`not answered: ${JSON.stringify(reply)}`);
      await exchange.end();
    }
  };
  await Promise.all(Array.from({ length: streams }, worker));
  return times.sort();
}
