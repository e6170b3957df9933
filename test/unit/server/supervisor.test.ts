import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, credentials } from '@grpc/grpc-js';
import { isFree } from '../../../scripts/support/free-port.ts';
import { createLogger, Metrics, metricsText } from '../../../src/observability/index.ts';
import { Supervisor, type SupervisorOptions } from '../../../src/server/index.ts';
import { askHealth } from '../../support/health-client.ts';

const script = fileURLToPath(new URL('../../support/echo-worker.ts', import.meta.url));
const document = (text: string) => ({ file: 'policies.yaml', text });

async function start(t: TestContext, options: Partial<SupervisorOptions> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'lep-'));
  const address = `unix:${directory}/{worker}.sock`;
  const lines: string[] = [];
  const supervisor = new Supervisor({
    workers: 2,
    spawn: (number) => fork(script, [address, String(number)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
    document: document('first'),
    logger: createLogger({ destination: { write: (line: string) => void lines.push(line) } }),
    ownMetrics: () => new Metrics().snapshot(),
    drainMs: 3_000,
    backoffMs: 20,
    ...options,
  });
  t.after(async () => {
    await supervisor.kill();
    await supervisor.stop({ graceMs: 0, replaced: false });
    rmSync(directory, { recursive: true, force: true });
  });
  await supervisor.start();
  const socket = (number: number): string => `unix:${directory}/${number}.sock`;
  return { supervisor, socket, lines };
}

/** The first digits of ten ports of which the first two are free. */
async function freePorts(): Promise<number> {
  for (let prefix = 2_000 + Math.floor(Math.random() * 800); ; prefix++) {
    const free = await Promise.all([0, 1].map((last) => isFree(prefix * 10 + last)));
    if (free.every(Boolean)) return prefix;
  }
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1_200; i++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`not within 30 s: ${what}`);
}

async function documents(supervisor: Supervisor): Promise<string[]> {
  const { checks } = await supervisor.readiness();
  return Object.values(checks).map(({ reason }) => reason);
}

async function counter(supervisor: Supervisor, series: string): Promise<number> {
  const text = await metricsText(await supervisor.metrics());
  const line = text.split('\n').find((candidate) => candidate.startsWith(`lambda_ext_proc_${series} `));
  return Number(line?.split(' ').at(-1));
}

test('each worker serves its own socket, and all are ready when start resolves', async (t) => {
  const { supervisor, socket } = await start(t);
  assert.deepEqual(supervisor.addresses, [socket(0), socket(1)]);
  assert.equal(await askHealth(socket(0)), 'SERVING');
  assert.equal(await askHealth(socket(1)), 'SERVING');
  assert.equal((await supervisor.readiness()).ready, true);
});

test('after kill -9 of a worker the other serves on, and a new one takes the socket over', async (t) => {
  const { supervisor, socket, lines } = await start(t);
  const [first, second] = supervisor.pids;
  assert.ok(first !== undefined);
  process.kill(first, 'SIGKILL');
  await until('the end is seen', () => supervisor.counts.ready === 1);
  assert.equal(await askHealth(socket(1)), 'SERVING');
  const during = await supervisor.readiness();
  assert.equal(during.ready, true);
  await until('worker 0 is back', () => supervisor.counts.ready === 2);
  assert.equal(await askHealth(socket(0)), 'SERVING');
  assert.notEqual(supervisor.pids[0], first);
  assert.equal(supervisor.pids[1], second);
  assert.equal(supervisor.counts.restarts, 1);
  assert.match(lines.join(''), /"signal":"SIGKILL","msg":"worker ended unexpectedly"/);
});

test('a reload reaches all workers, and one that is started later', async (t) => {
  const { supervisor } = await start(t);
  assert.equal(await supervisor.reload(document('second')), null);
  assert.deepEqual(await documents(supervisor), ['second', 'second']);
  process.kill(supervisor.pids[1] ?? 0, 'SIGKILL');
  await until('worker 1 is seen gone', () => supervisor.counts.restarts === 1);
  await until('worker 1 is back', () => supervisor.counts.ready === 2);
  assert.deepEqual(await documents(supervisor), ['second', 'second']);
});

test('a document that any worker refuses is taken into force by none', async (t) => {
  const { supervisor } = await start(t);
  assert.equal(await supervisor.reload(document('bad')), 'worker 0 refuses bad');
  assert.equal(await supervisor.reload(document('bad for 1')), 'worker 1 refuses bad for 1');
  assert.deepEqual(await documents(supervisor), ['first', 'first']);
});

test('a rolling restart replaces every process while streams that run are finished', async (t) => {
  const { supervisor, socket } = await start(t);
  const before = [...supervisor.pids];
  const client = new Client(socket(0), credentials.createInsecure());
  t.after(() => client.close());
  const bytes = (value: Buffer): Buffer => value;
  const stream = client.makeBidiStreamRequest('/test.Echo/Process', bytes, bytes);
  const answers: string[] = [];
  stream.on('data', (message: Buffer) => answers.push(message.toString()));
  const failed: unknown[] = [];
  stream.on('error', (error) => failed.push(error));
  stream.write(Buffer.from('before'));
  await until('the first answer', () => answers.length === 1);

  const restarted = supervisor.rollingRestart();
  await until('worker 0 is another process', () => supervisor.pids[0] !== before[0]);
  assert.equal(await askHealth(socket(0)), 'SERVING');
  stream.write(Buffer.from('after'));
  await until('the second answer', () => answers.length === 2);
  stream.end();
  assert.equal(await restarted, true);
  assert.deepEqual(failed, []);
  assert.notEqual(supervisor.pids[1], before[1]);
  assert.equal(await askHealth(socket(1)), 'SERVING');
  assert.equal(supervisor.counts.restarts, 0);
});

test('a rolling restart needs no gap on host:port either', async (t) => {
  const port = await freePorts();
  const { supervisor } = await start(t, {
    spawn: (number) =>
      fork(script, [`127.0.0.1:${port}{worker}`, String(number)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  });
  const before = [...supervisor.pids];
  assert.equal(await supervisor.rollingRestart(), true);
  assert.notDeepEqual(supervisor.pids, before);
  assert.equal(await askHealth(`127.0.0.1:${port}0`), 'SERVING');
  assert.equal(await askHealth(`127.0.0.1:${port}1`), 'SERVING');
});

test('a port that another process has is an error for a worker too', async (t) => {
  const port = await freePorts();
  const other = createServer();
  t.after(() => other.close());
  await new Promise<void>((resolve) => other.listen(Number(`${port}1`), '127.0.0.1', resolve));
  await assert.rejects(
    start(t, {
      spawn: (number) =>
        fork(script, [`127.0.0.1:${port}{worker}`, String(number)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
    }),
    new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}1: the address is in use by another process`),
  );
});

test('metrics are summed, failures are reported together, and neither gets less when a worker is replaced', async (t) => {
  const { supervisor } = await start(t);
  const series = 'messages_total{phase="request_headers"}';
  const failed = async (): Promise<string[]> => (await supervisor.failures()).map(({ api }) => api).sort();
  assert.deepEqual(await failed(), []);
  // Each worker counts one message, and records one failure, for each scrape.
  assert.equal(await counter(supervisor, series), 2);
  assert.deepEqual(await failed(), ['worker 0', 'worker 1']);
  assert.equal(await counter(supervisor, series), 4);
  await supervisor.rollingRestart();
  const after = await counter(supervisor, series);
  assert.ok(after >= 6, `${after}`);
  const seen = await failed();
  assert.ok(seen.length >= 6, `${seen}`);
  process.kill(supervisor.pids[0] ?? 0, 'SIGKILL');
  await until('worker 0 is seen gone', () => supervisor.counts.restarts === 1);
  await until('worker 0 is back', () => supervisor.counts.ready === 2);
  assert.ok((await counter(supervisor, series)) > after);
  assert.ok((await failed()).length > seen.length);
});

test('a worker that hangs is killed and replaced, and the other serves on', async (t) => {
  const { supervisor, socket, lines } = await start(t, { hangMs: 600 });
  const before = [...supervisor.pids];
  assert.equal(await supervisor.reload(document('hang 1')), null);
  await until(
    'worker 1 is another process',
    () => supervisor.pids[1] !== undefined && supervisor.pids[1] !== before[1],
  );
  assert.match(lines.join(''), /worker does not respond; it is killed/);
  await until('worker 1 serves', () => supervisor.counts.ready === 2);
  assert.equal(await askHealth(socket(1)), 'SERVING');
  assert.equal(supervisor.pids[0], before[0]);
});

test('when a worker cannot start, start fails with its reason and leaves no process behind', async (t) => {
  const spawned: number[] = [];
  await assert.rejects(
    start(t, {
      document: document('bad for 1'),
      spawn: (number) => {
        const directory = mkdtempSync(join(tmpdir(), 'lep-'));
        t.after(() => rmSync(directory, { recursive: true, force: true }));
        const child = fork(script, [`unix:${directory}/s.sock`, String(number)], {
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        });
        if (child.pid !== undefined) spawned.push(child.pid);
        return child;
      },
    }),
    /worker 1 refuses bad for 1/,
  );
  assert.equal(spawned.length, 2);
  for (const pid of spawned) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('a worker that cannot start again is tried with growing pauses, and says why', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'lep-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  let spawns = 0;
  const { supervisor } = await start(t, {
    workers: 1,
    spawn: (number) => {
      spawns++;
      const address = spawns === 1 ? `unix:${directory}/a.sock` : `unix:${directory}/missing/a.sock`;
      return fork(script, [address, String(number)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    },
  });
  process.kill(supervisor.pids[0] ?? 0, 'SIGKILL');
  await until('three tries', () => spawns >= 4);
  const { ready, checks } = await supervisor.readiness();
  assert.equal(ready, false);
  assert.match(JSON.stringify(checks), /its directory does not exist/);
});

test('stop ends every worker, with its socket', async (t) => {
  const { supervisor, socket } = await start(t);
  const pids = [...supervisor.pids];
  await supervisor.stop({ graceMs: 0, replaced: false });
  for (const pid of pids) assert.throws(() => process.kill(pid ?? 0, 0), { code: 'ESRCH' });
  assert.equal(await askHealth(socket(0)), 'UNAVAILABLE');
});

test('workers whose supervisor is gone end by themselves', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'lep-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const child = fork(script, [`unix:${directory}/a.sock`, '0'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const ready = new Promise((resolve) => child.once('message', resolve));
  child.send({ type: 'start', replace: false });
  await ready;
  child.disconnect();
  assert.equal(await exit, 0);
});
