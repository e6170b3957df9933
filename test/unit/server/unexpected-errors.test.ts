import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { createLogger, Metrics } from '../../../src/observability/index.ts';
import { surviveUnexpectedErrors } from '../../../src/server/index.ts';

function start() {
  const process = new EventEmitter();
  const lines: string[] = [];
  const metrics = new Metrics();
  let now = 1_000_000;
  let tooMany = 0;
  surviveUnexpectedErrors({
    process,
    logger: createLogger({ destination: { write: (line: string) => void lines.push(line) } }),
    metrics,
    onTooMany: () => {
      tooMany++;
    },
    now: () => now,
  });
  return { process, lines, metrics, tooMany: () => tooMany, wait: (ms: number) => (now += ms) };
}

test('an exception and a rejection are logged with their place and counted, and nothing ends', async () => {
  const { process, lines, metrics, tooMany } = start();
  process.emit('uncaughtException', new TypeError('boom'));
  process.emit('unhandledRejection', 'not even an error');
  assert.equal(tooMany(), 0);
  assert.match(
    lines[0] ?? '',
    /"message":"boom".*unexpected-errors\.test.*unexpected exception; the process continues/,
  );
  assert.match(lines[1] ?? '', /not even an error/);
  const text = await metrics.registry.metrics();
  assert.match(text, /unexpected_errors_total\{kind="exception"\} 1\n/);
  assert.match(text, /unexpected_errors_total\{kind="rejection"\} 1\n/);
});

test('100 within a minute end the process in order, once, and the flood is not logged', () => {
  const { process, lines, tooMany } = start();
  for (let i = 0; i < 1_000; i++) process.emit('uncaughtException', new Error('boom'));
  assert.equal(tooMany(), 1);
  assert.equal(lines.length, 101);
});

test('rare ones never add up', () => {
  const { process, tooMany, wait } = start();
  for (let i = 0; i < 1_000; i++) {
    process.emit('uncaughtException', new Error('boom'));
    wait(10_000);
  }
  assert.equal(tooMany(), 0);
});
