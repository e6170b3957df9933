import { bareInvoker, type Invoke, sdkInvoker } from './subjects/invokers.ts';
import { accessKeyId, secretAccessKey } from './subjects/sign.ts';

/** One way to invoke a function, measured in a process of its own: `SUBJECT ENDPOINT COUNT CONCURRENCY`; prints JSON. */
export interface Measurement {
  readonly cpuMicros: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly rssMiB: number;
}

const payload = Buffer.from(JSON.stringify({ id: '4711', path: '/orders/4711', tier: 'gold', body: 'x'.repeat(200) }));

/** Each subject loads only the modules that it needs, so that its memory is its own. */
const subjects: Record<string, (endpoint: string) => Promise<() => Promise<number>>> = {
  async own(endpoint) {
    const { createLambdaInvoker } = await import('../src/lambda/index.ts');
    const invoker = createLambdaInvoker({ environment: {} });
    const invocation = {
      functionName: 'order-enrich',
      region: 'us-east-1',
      endpoint,
      payload,
      invocationType: 'RequestResponse',
      logType: 'None',
      credentials: Object.freeze({ accessKey: accessKeyId, secretKey: secretAccessKey }),
      transport: Object.freeze({ connectionTimeoutMs: 2000, readTimeoutMs: 30_000 }),
      retry: { maxAttempts: 3, idempotent: false },
    } as const;
    return async () => {
      const caller = new AbortController();
      return (await invoker.invoke({ ...invocation }, caller.signal)).payload.byteLength;
    };
  },
  sdk: async (endpoint) => promised(await sdkInvoker(endpoint)),
  floor: async (endpoint) => promised(await bareInvoker(endpoint)),
};

function promised(invoke: Invoke): () => Promise<number> {
  return () =>
    new Promise((resolve, reject) => {
      invoke(payload, (error, body) => (error === undefined ? resolve(body.byteLength) : reject(error)));
    });
}

async function drive(invoke: () => Promise<number>, count: number, concurrency: number): Promise<Float64Array> {
  const times = new Float64Array(count);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next++;
      const started = performance.now();
      if ((await invoke()) === 0) throw new Error('an empty answer');
      times[index] = performance.now() - started;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return times.sort();
}

const [name = '', endpoint = '', count = '0', concurrency = '1'] = process.argv.slice(2);
const subject = subjects[name];
if (subject === undefined) throw new Error(`no subject ${name}: expected one of ${Object.keys(subjects).join(', ')}`);
const invoke = await subject(endpoint);
await drive(invoke, Math.ceil(Number(count) / 3), Number(concurrency));
const before = process.cpuUsage();
const times = await drive(invoke, Number(count), Number(concurrency));
const { user, system } = process.cpuUsage(before);
const measured: Measurement = {
  cpuMicros: (user + system) / Number(count),
  p50Ms: times[Math.floor(times.length * 0.5)] ?? 0,
  p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
  rssMiB: process.memoryUsage.rss() / 2 ** 20,
};
process.stdout.write(`${JSON.stringify(measured)}\n`);
process.exit(0);
