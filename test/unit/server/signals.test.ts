import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { createLogger } from '../../../src/observability/index.ts';
import { handleSignals } from '../../../src/server/index.ts';

function start() {
  const process = new EventEmitter();
  const calls: string[] = [];
  let finish: () => void = () => {};
  const control = handleSignals({ process, logger: createLogger({ level: 'silent' }), graceMs: 5_000 });
  const controlled = {
    reload: async () => void calls.push('reload'),
    rollingRestart: async () => void calls.push('rolling'),
    stop: (graceMs: number) => {
      calls.push(`stop ${graceMs}`);
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    },
    kill: async () => void calls.push('kill'),
  };
  return { process, calls, control, controlled, finish: () => finish() };
}

test('SIGTERM stops with the grace, SIGINT without, and the code is 0', async () => {
  for (const [signal, call] of [
    ['SIGTERM', 'stop 5000'],
    ['SIGINT', 'stop 0'],
  ] as const) {
    const { process, calls, control, controlled, finish } = start();
    control.attach(controlled);
    process.emit(signal);
    finish();
    assert.equal(await control.ended, 0);
    assert.deepEqual(calls, [call]);
  }
});

test('a second signal ends at once with code 1', async () => {
  const { process, calls, control, controlled } = start();
  control.attach(controlled);
  process.emit('SIGTERM');
  process.emit('SIGINT');
  assert.equal(await control.ended, 1);
  assert.deepEqual(calls, ['stop 5000', 'kill']);
});

test('a signal that comes while the server starts ends it as soon as it has started', async () => {
  const { process, calls, control, controlled, finish } = start();
  process.emit('SIGHUP');
  process.emit('SIGTERM');
  control.attach(controlled);
  finish();
  assert.equal(await control.ended, 0);
  assert.deepEqual(calls, ['stop 0']);
});

test('while it ends, no reload and no restart begins', async () => {
  const { process, calls, control, controlled, finish } = start();
  control.attach(controlled);
  process.emit('SIGHUP');
  process.emit('SIGUSR2');
  process.emit('SIGTERM');
  process.emit('SIGHUP');
  process.emit('SIGUSR2');
  finish();
  await control.ended;
  assert.deepEqual(calls, ['reload', 'rolling', 'stop 5000']);
});

test('an end that was not asked for from outside keeps its own code', async () => {
  const { control, controlled, finish } = start();
  control.attach(controlled);
  control.stop(0, 1);
  finish();
  assert.equal(await control.ended, 1);
});
