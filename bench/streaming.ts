// `npm run bench:streaming [-- CASE...]`: measures streamed answers through a real Envoy and compares them with their limits.
// Exits with 1 if a limit is exceeded.
import { createHash } from 'node:crypto';
import { setPriority } from 'node:os';
import { NODE_FLAGS } from '../src/commands/node-flags.ts';
import { type Received, streamHttp1 } from '../test/support/streaming-callers.ts';
import { type StreamingEnvironment, startStreaming } from '../test/support/streaming-environment.ts';
import type { StubStream } from '../test/support/streaming-stub.ts';
import { processUsage } from './measure/process-usage.ts';
import { chunkCost } from './parts/stream-chunk.ts';

interface Bound {
  readonly name: string;
  readonly value: number;
  readonly most: number;
  readonly unit: string;
}

const CHUNK = Buffer.alloc(64 * 1024, 'streamed ');
const LARGE = 800;

const cases: Readonly<Record<string, (environment: StreamingEnvironment) => Promise<readonly Bound[]>>> = {
  'first-byte': firstByte,
  large,
  many,
  chunk,
};

/** Time from the function's first byte to the caller's first byte, after a pause in which all processes are idle. */
async function firstByte(environment: StreamingEnvironment): Promise<readonly Bound[]> {
  const times: number[] = [];
  for (let round = 0; round < 100; round++) {
    const stream = environment.next('raw');
    const opened = call(environment);
    const source = await stream;
    await sleep(30);
    const written = performance.now();
    await source.chunk('first');
    const answer = await opened;
    await answer.until(1);
    times.push(performance.now() - written);
    await source.complete();
    await answer.ended;
  }
  times.sort((a, b) => a - b);
  return [
    { name: 'first byte, median', value: times[times.length >> 1] ?? 0, most: 50, unit: 'ms' },
    { name: 'first byte, slowest of 100', value: times.at(-1) ?? 0, most: 50, unit: 'ms' },
  ];
}

/** 50 MB arrive completely and unchanged, with little memory. */
async function large(environment: StreamingEnvironment): Promise<readonly Bound[]> {
  const { pid } = environment.sidecar;
  await send(environment, 100);
  const before = processUsage(pid);
  let most = before.rssMiB;
  const watch = setInterval(() => {
    most = Math.max(most, processUsage(pid).rssMiB);
  }, 5);
  const began = performance.now();
  const received = await send(environment, LARGE);
  const seconds = (performance.now() - began) / 1000;
  clearInterval(watch);
  const expected = createHash('sha256');
  for (let i = 0; i < LARGE; i++) expected.update(CHUNK);
  const same = createHash('sha256').update(received).digest('hex') === expected.digest('hex');
  const micros = (processUsage(pid).cpuMicros - before.cpuMicros) / LARGE;
  note(
    `50 MB in ${seconds.toFixed(2)} s; the whole process takes ${micros.toFixed(0)} µs a chunk, sockets and HTTP included`,
  );
  return [
    { name: '50 MB that differ (sha256)', value: same ? 0 : 1, most: 0, unit: '' },
    { name: "growth of the sidecar's memory", value: most - before.rssMiB, most: 30, unit: 'MiB' },
  ];
}

/** 200 streams with one event every half second: how late the latest event is. */
async function many(environment: StreamingEnvironment): Promise<readonly Bound[]> {
  const streams = 200;
  const events = 20;
  let late = 0;
  let count = 0;
  environment.on('raw', async (stream: StubStream) => {
    await sleep(Math.random() * 500);
    for (let i = 0; i < events; i++) {
      await stream.chunk(`${performance.now().toFixed(1).padStart(15)}\n`);
      await sleep(500);
    }
    await stream.complete();
  });
  const read = async (): Promise<void> => {
    const answer = await call(environment);
    for (let i = 1; i <= events; i++) {
      const text = await answer.until(16 * i);
      late = Math.max(late, performance.now() - Number(text.slice(16 * (i - 1), 16 * i)));
      count++;
    }
    await answer.ended;
  };
  await Promise.all(Array.from({ length: streams }, read));
  note(`${count} events`);
  return [
    { name: 'the latest event of 200 streams', value: late, most: 1000, unit: 'ms' },
    { name: 'events that did not come', value: streams * events - count, most: 0, unit: '' },
  ];
}

/** CPU time of the project's own code for one chunk: decodes its frame and writes the message for Envoy. */
async function chunk(): Promise<readonly Bound[]> {
  const { micros, floorMicros } = await chunkCost(CHUNK, 20_000);
  note(`of which copying 64 KiB once takes ${floorMicros.toFixed(1)} µs on this machine`);
  return [{ name: 'CPU of the own code for a chunk of 64 KiB', value: micros, most: 25, unit: 'µs' }];
}

async function send(environment: StreamingEnvironment, chunks: number): Promise<Buffer> {
  environment.on('raw', async (stream) => {
    for (let i = 0; i < chunks; i++) await stream.chunk(CHUNK);
    await stream.complete();
  });
  const answer = await call(environment);
  if ((await answer.ended) !== 'end') throw new Error('the answer was cut');
  return answer.body();
}

function call(environment: StreamingEnvironment): Promise<Received> {
  return streamHttp1(environment.envoy.url, '/duplex/raw');
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function note(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}

async function main(names: readonly string[]): Promise<boolean> {
  const unknown = names.filter((name) => !Object.hasOwn(cases, name));
  if (unknown.length > 0)
    throw new Error(`no such case: ${unknown.join(', ')}; there are ${Object.keys(cases).join(', ')}`);
  try {
    setPriority(-5);
  } catch {
    // Only root may raise it; continue with the normal priority.
  }
  const streaming = { maxBytes: 2 ** 30, bytesPerSecond: 2 ** 30, burstBytes: 2 ** 30 };
  const environment = await startStreaming({
    apis: { raw: { streaming } },
    built: true,
    // The flags of the image: without them V8 keeps twice as much garbage before it collects.
    nodeArgs: NODE_FLAGS,
  });
  let kept = true;
  try {
    for (const [name, run] of Object.entries(cases)) {
      if (names.length > 0 && !names.includes(name)) continue;
      for (const { name: what, value, most, unit } of await run(environment)) {
        kept &&= value <= most;
        console.log(`${value <= most ? 'kept' : 'NOT KEPT'}: ${what}: ${value.toFixed(1)} ${unit} (at most ${most})`);
      }
    }
  } finally {
    await environment.stop();
  }
  return kept;
}

process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
