import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EvaluationRun, STEP_BUDGET } from '../../../../src/expression/evaluator/evaluation-run.ts';
import { type Subject, subjects } from './subjects.ts';

const LEAST_MS = 20;
const ROUNDS = 5;
const FACTOR = 2.5;
const SQUARE = 3.8;
/** Of texts, in characters; a list has fewer elements. */
const SIZES = [16_384, 65_536, 262_144];

interface Measured {
  readonly ms: number;
  readonly steps: number;
}

/** Thread CPU of one call, without the making of its arguments. */
function once(subject: Subject, shape: number, size: number): Measured {
  const { context, run } = subject.prepare(shape, size);
  const counter = new EvaluationRun(context);
  const before = process.threadCpuUsage();
  try {
    run(counter);
  } catch {
    // An error of the language; what it may be is the affair of the test of steps.
  }
  const after = process.threadCpuUsage();
  return { ms: (after.user + after.system - before.user - before.system) / 1000, steps: counter.steps };
}

/** The least of some rounds: what disturbs one only makes it slower. */
function least(subject: Subject, shape: number, size: number): Measured {
  const all = Array.from({ length: ROUNDS }, () => once(subject, shape, size));
  return all.reduce((best, each) => (each.ms < best.ms ? each : best));
}

test('the CPU time of every function and method grows no faster than its arguments, or as its steps do', (t) => {
  const faster: string[] = [];
  const unpaid: string[] = [];
  let [calls, compared] = [0, 0];
  let dearest = { text: '', each: 0 };
  for (const subject of subjects()) {
    for (let shape = 0; shape < subject.shapes; shape++) {
      calls++;
      for (const size of SIZES) {
        const first = once(subject, shape, size);
        if (first.steps >= STEP_BUDGET) break;
        if (first.ms < LEAST_MS) continue;
        const small = least(subject, shape, size);
        if (small.ms < LEAST_MS) continue;
        const large = least(subject, shape, 2 * size);
        // The budget ends the growth.
        if (large.steps >= STEP_BUDGET) break;
        compared++;
        const each = (large.ms * 1000) / large.steps;
        const what = `${subject.name}, values ${shape}, ${size}`;
        if (each > dearest.each) dearest = { text: what, each };
        if (large.ms > FACTOR * small.ms) {
          const told = `${what}: ${small.ms} → ${large.ms} ms, ${small.steps} → ${large.steps} steps`;
          faster.push(told);
          // A product takes four times as long. Where that is the bound, the steps have to grow with it.
          if (large.ms > SQUARE * small.ms && large.steps < FACTOR * small.steps) unpaid.push(told);
        }
        break;
      }
    }
  }
  t.diagnostic(`${calls} calls, ${compared} of them take ${LEAST_MS} ms or more`);
  t.diagnostic(`a step takes ${dearest.each.toFixed(1)} µs at the most: ${dearest.text}`);
  for (const told of faster) t.diagnostic(`grows faster than ${FACTOR}: ${told}`);
  assert.deepEqual(unpaid, []);
});
