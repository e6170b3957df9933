import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { LambdaHandler } from './local-lambda.ts';

/** Reads events, a line each, and answers with results, as Lambda's runtime for Python does. */
const runtime = `
import asyncio, json, sys
sys.path.insert(0, sys.argv[1])
asyncio.set_event_loop(asyncio.new_event_loop())
from function import handler
for line in sys.stdin:
    print(json.dumps(handler(json.loads(line), None)), flush=True)
`;

/** The function `handler` of a file function.py, in a process of its own: one event at a time. */
export function pythonFunction(python: string, file: string): { readonly handler: LambdaHandler; stop(): void } {
  const child = spawn(python, ['-c', runtime, dirname(file)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  let last: Promise<unknown> = Promise.resolve();
  const invoke = async (event: unknown): Promise<unknown> => {
    const line = once(lines, 'line') as Promise<[string]>;
    child.stdin.write(`${JSON.stringify(event)}\n`);
    return JSON.parse((await line)[0]);
  };
  return {
    handler(event) {
      last = last.then(() => invoke(event));
      return last;
    },
    stop: () => void child.stdin.end(),
  };
}
