import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { GoPrograms } from './go.ts';

/** The answer of a function. */
export interface FunctionAnswer {
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

export interface MockAnswers {
  /** By the function's name; `''` is for all others. */
  readonly functions: Readonly<Record<string, FunctionAnswer>>;
  /** The backend's answers: to a request without and with the header `x-tier`. */
  readonly backend: string;
  readonly tiered: string;
}

/** Lambda and backend in one process, which answers immediately. */
export interface Mock {
  readonly language: 'Go' | 'Node';
  /** URL. */
  readonly lambda: string;
  /** `host:port` */
  readonly backend: string;
  stop(): void;
}

export async function startMock(go: GoPrograms | undefined, answers: MockAnswers): Promise<Mock> {
  const functions = Object.fromEntries(
    Object.entries(answers.functions).map(([name, { contentType, body }]) => [
      name,
      { contentType, bodyBase64: Buffer.from(body).toString('base64') },
    ]),
  );
  const argument = JSON.stringify({ ...answers, functions });
  const child: ChildProcess =
    go === undefined
      ? spawn(process.execPath, [join(import.meta.dirname, 'mock-node.ts'), argument], { stdio })
      : spawn(go.path('mock'), [argument], { stdio });
  const { lambda, backend } = await new Promise<{ lambda: number; backend: number }>((resolve, reject) => {
    if (child.stdout === null) throw new Error('the mock has no pipes');
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the mock ended')));
  });
  return {
    language: go === undefined ? 'Node' : 'Go',
    lambda: `http://127.0.0.1:${lambda}`,
    backend: `127.0.0.1:${backend}`,
    stop: () => void child.kill(),
  };
}

/** The mock exits when its stdin ends, and therefore together with this process. */
const stdio: ['pipe', 'pipe', 'inherit'] = ['pipe', 'pipe', 'inherit'];
