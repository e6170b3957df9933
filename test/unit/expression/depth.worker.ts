// The thread of depth.test.ts: half the stack that a server has.
import { parentPort, workerData } from 'node:worker_threads';
import { readContext } from '../../../src/commands/eval-context.ts';
import { compileTemplate, ExpressionError } from '../../../src/expression/index.ts';

const context = readContext(workerData.context);
const results = (workerData.templates as readonly string[]).map((template) => {
  try {
    return `value ${String(compileTemplate(template).evaluate(context)).slice(0, 100)}`;
  } catch (error) {
    if (error instanceof ExpressionError) return `error ${error.message}`;
    return `crash ${String(error)}`;
  }
});
parentPort?.postMessage(results);
